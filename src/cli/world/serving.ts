/** Serving repositories to others: how, who is let in, and who is called. */
import type { CreatedToken, TokenFolder, TokenWish } from '../../access/index.ts';
import type { Workspace } from '../../mcp/index.ts';
import type { LogLevelWish } from '../../observe/index.ts';
import type { Coordinator, CoordinatorError, Admitted } from '../../protocol/index.ts';
import type { Answer, WebhookFolder, WebhookRecord, WebhookWish } from '../../webhooks/index.ts';
import type { Roots, ServerLook } from '../doctor/server-facts.ts';
import type { Repository } from './repository.ts';

export interface ServedRepository {
  readonly repository: Repository;
  /** What comes after the prefix: empty, or as in `/shop`. */
  readonly path: string;
  readonly workspaceOf: WorkspaceOf;
}

/** How repositories are to be served. */
export interface ServeWish {
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  /** Files in PEM; null: plain HTTP. */
  readonly tls: { readonly certFile: string; readonly keyFile: string } | null;
  readonly behindProxy: boolean;
  /** Names that the server answers to beside those of this machine alone. */
  readonly allowHosts: readonly string[];
  /** Empty, or as in `/rhema`. */
  readonly prefix: string;
  readonly requestsPerSecond: number;
  /** Null: as RHEMA_LOG_LEVEL says. */
  readonly logLevel: LogLevelWish | null;
}

/** The repository as those see it who speak MCP by a token. */
export type WorkspaceOf = (coordinator: Coordinator, token: string) => Workspace;

export interface Served {
  /** Of each repository, in the order they were given in. */
  readonly urls: readonly string[];
  readonly pid: number;
}

/** How a server is asked. */
export interface ServerManner {
  /** Told each time that it is tried again. */
  readonly onRetry?: (failure: CoordinatorError) => void;
  /** How long it is tried while it cannot be reached; left out: longer where something is to be done than where one looks. */
  readonly reachPatienceMs?: number;
}

/** Servers that this user is let in by. */
export interface Servers {
  /** At which one `rhema login` noted that a clone is coordinated; null: at none. */
  noted(repository: Repository): Promise<string | null>;
  note(repository: Repository, server: string): Promise<void>;
  dropNote(repository: Repository): Promise<void>;
  /**
   * Null where none is kept. The file that RHEMA_TOKEN_FILE names is of the server that the same user names, and not of one that
   * is noted in a clone.
   */
  token(server: string, isNoted?: boolean): Promise<string | null>;
  /** Where it is kept from now on. */
  keep(server: string, token: string): Promise<string>;
  /** False where none was kept. */
  forget(server: string): Promise<boolean>;
  /** Fails with UNAUTHENTICATED, or what keeps the server from answering. */
  whoAmI(server: string, token: string, manner?: ServerManner): Promise<Admitted>;
  /** What it says of itself; never fails. */
  look(server: string, token: string | null): Promise<ServerLook>;
  /** On which commit a folder's working tree lies; null: on none, or it is none. */
  commitAt(folder: string): Promise<string | null>;
  /** With which commits its history begins; null: there is none, it is shallow, or Git does not say it in time. */
  rootsAt(folder: string): Promise<Roots>;
}

/** Whom the server calls when something happens. */
export interface Webhooks {
  create(repository: Repository, wish: WebhookWish): Promise<WebhookRecord>;
  list(repository: Repository): Promise<ReturnType<WebhookFolder['list']>>;
  replace(repository: Repository, record: WebhookRecord): Promise<void>;
  remove(repository: Repository, id: string): Promise<void>;
  /** With what is damaged, and the folder. */
  removeAll(repository: Repository): Promise<void>;
  /** Sends an event that stands for none. Never fails: an address that does not answer is an answer. */
  test(record: WebhookRecord): Promise<Answer>;
}

/** The tokens that let others in over a network. */
export interface Tokens {
  create(repository: Repository, wish: TokenWish): Promise<CreatedToken>;
  list(repository: Repository): Promise<ReturnType<TokenFolder['list']>>;
  revoke(repository: Repository, id: string): Promise<boolean>;
  /** With what is damaged, and the folder. */
  revokeAll(repository: Repository): Promise<void>;
}
