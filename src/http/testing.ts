/** For tests of the HTTP face: an app in front of a real service on a log in memory, and callers who have a token. */
import type { ScopeDefinition, ScopePath } from '../core/index.ts';
import { loadRequestParsers, type Principal, type Role } from '../protocol/index.ts';
import { noTracing } from '../observe/index.ts';
import { openService, type Service } from '../service/index.ts';
import { MemoryLog, MemoryLogStore } from '../store/memory/index.ts';
import { ManualTime } from '../time/index.ts';
import { createHttpApp, type HttpApp } from './app.ts';
import { HostNames } from './hosts.ts';
import { defaultLimits, type AnsweredRequest, type HttpCoordinator, type HttpPorts } from './ports.ts';

export interface Stage {
  readonly app: HttpApp;
  readonly service: Service;
  readonly time: ManualTime;
  /** Whom a token lets in; a test may change it meanwhile. */
  readonly tokens: Map<string, Principal | 'expired'>;
  /** What the server was told of its own faults. */
  readonly faults: string[];
  readonly answered: AnsweredRequest[];
  readonly call: (path: string, init?: CallInit) => Promise<Response>;
  /** Another app in front of the same service. */
  readonly served: (otherwise: Partial<HttpPorts>) => Promise<Stage>;
  /** Of a command, by the operator unless said otherwise. */
  readonly say: (kind: string, body: object, init?: CallInit) => Promise<Response>;
}

export interface CallInit {
  readonly token?: string | null;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal;
}

export const principal = (name: string, role: Role, ...agents: string[]): Principal => ({
  name,
  role,
  agents,
});

export async function openStage(over: Partial<HttpPorts> = {}, time = new ManualTime()): Promise<Stage> {
  const service = await openService({
    store: new MemoryLogStore(new MemoryLog()),
    clock: time,
    timers: time,
    host: { hostId: 'host-1', bootId: 'boot-1' },
    options: { checkInvariants: 'always' },
  });
  await service.submitInternal({
    kind: 'DefineScopes',
    by: 'service',
    scopes: ['src/core', 'src/web'].map(scope),
  });
  const tokens = new Map<string, Principal | 'expired'>([
    ['ops', principal('ops', 'operator')],
    ['ci', principal('ci', 'agent', 'ci-*')],
    ['wall', principal('wall', 'observer')],
    ['old', 'expired'],
  ]);
  return stageOf(service, time, tokens, over);
}

async function stageOf(
  service: Service,
  time: ManualTime,
  tokens: Stage['tokens'],
  over: Partial<HttpPorts>,
): Promise<Stage> {
  const faults: string[] = [];
  const answered: AnsweredRequest[] = [];
  let requests = 0;
  const app = createHttpApp({
    coordinator: portOf(service),
    parsers: await loadRequestParsers(),
    admit: (token) => tokens.get(token) ?? 'unknown',
    hosts: new HostNames([]),
    mcp: null,
    prefix: '',
    behindProxy: false,
    version: '1.2.3',
    newRequestId: () => `made-${(requests += 1)}`,
    time,
    onFault: ({ message }) => faults.push(message),
    onCutOff: () => undefined,
    canWrite: async () => true,
    commit: async () => 'c0ffee',
    roots: async () => ['c0ffee0'],
    onAnswered: (one) => answered.push(one),
    metrics: async () => ({ type: 'text/plain', text: '# none\n' }),
    tracing: noTracing,
    limits: defaultLimits,
    ...over,
  });
  const call = async (path: string, init: CallInit = {}): Promise<Response> => {
    const { token = 'ops', headers = {}, ...rest } = init;
    const authorization = token === null ? {} : { authorization: `Bearer ${token}` };
    const all = { host: 'localhost:7421', ...authorization, ...headers };
    return app.fetch(new Request(`http://localhost:7421${path}`, { ...rest, headers: all }), {});
  };
  return {
    app,
    service,
    time,
    tokens,
    faults,
    answered,
    call,
    served: (otherwise) => stageOf(service, time, tokens, { ...over, ...otherwise }),
    say: (kind, body, init) => call(`/api/v1/commands/${kind}`, jsonOf(body, init)),
  };
}

const scope = (path: string): ScopeDefinition => ({
  path: path as ScopePath,
  name: path,
  type: 'package',
  dependencies: [],
});

function portOf(service: Service): HttpCoordinator {
  return {
    submit: (request, from) => service.submit(request, from === undefined ? undefined : { principal: from }),
    awaitTicket: (ticket, signal) => service.awaitTicket(ticket, signal),
    query: (query) => service.query(query),
    watch: (from, signal) => service.watch(from, signal),
    refresh: async () => ({ revision: 3, accepted: true, scopes: 2, problems: [], atMs: 0 }) as never,
  };
}

export const jsonOf = (body: object, { headers, ...init }: CallInit = {}): CallInit => ({
  ...init,
  method: 'POST',
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
});

export const bodyOf = async (response: Response): Promise<Record<string, unknown>> =>
  (await response.json()) as Record<string, unknown>;

export const secret = '0123456789abcdef0123456789abcdef';

/** The body of a join, and of what is said as the agent from then on. */
export const joining = (agent: string): object => ({ agent, secret, metadata: {} });

export async function joined(stage: Stage, agent: string, token = 'ops'): Promise<object> {
  const { result } = (await bodyOf(await stage.say('AgentJoin', joining(agent), { token }))) as {
    result: { epoch: number };
  };
  return { agent, epoch: result.epoch, secret };
}

export const acquiring = (who: object, scope: string, waits = false): object => ({
  ...who,
  scopes: [scope],
  ttlMs: null,
  wait: waits ? { kind: 'queue', forMs: null } : { kind: 'none' },
  reason: null,
});
