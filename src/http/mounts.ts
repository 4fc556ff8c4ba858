import { Hono } from 'hono';
import { CoordinatorError } from '../protocol/index.ts';
import { wakeAtFirst } from '../time/index.ts';
import type { HttpApp } from './app.ts';
import { guard } from './guard.ts';
import type { HttpEnv, HttpPorts } from './ports.ts';
import { requestIds } from './request-ids.ts';

type Ports = Pick<HttpPorts, 'hosts' | 'newRequestId' | 'onFault' | 'time'>;

/** How long what is under way may take to be answered. */
const graceMs = 1_000;
/** How long whoever calls waits for a repository that is just being opened. */
const openingMs = 10_000;

interface Mounted {
  readonly app: HttpApp;
  /** What is under way. */
  readonly running: Set<Promise<unknown>>;
}

/**
 * Apps behind one socket, each below a path of its own: `/shop` has `/shop/api/v1`, and '' has all that none of the others has.
 * What goes to none of them is answered by itself: `/healthz` and `/readyz` of them all, and that there is nothing else.
 */
export class Mounts {
  /** The longest first: what is below two of them is for the nearer one. */
  readonly #paths: readonly string[];
  readonly #mounted = new Map<string, Mounted>();
  /** Of those that were not mounted yet: who waits for it. */
  readonly #opening: Map<string, Set<() => void>>;
  readonly #time: Ports['time'];
  readonly #outside: Hono<HttpEnv>;

  /**
   * `paths` are those that will be mounted. Until then whoever calls waits for a bounded time, but those who ask how it is;
   * afterwards each answers `UNAVAILABLE`.
   */
  constructor(ports: Ports, prefix: string, paths: readonly string[]) {
    this.#paths = [...paths].sort((a, b) => b.length - a.length);
    this.#opening = new Map(paths.map((path) => [path, new Set()]));
    this.#time = ports.time;
    this.#outside = this.#openOutside(ports, prefix);
  }

  /** The app takes part until the function that it returns is called; that resolves once what is under way is answered. */
  mount(path: string, app: HttpApp): () => Promise<void> {
    const running = new Set<Promise<unknown>>();
    this.#mounted.set(path, { app, running });
    for (const wake of this.#opening.get(path) ?? []) wake();
    this.#opening.delete(path);
    return async () => {
      this.#mounted.delete(path);
      app.endStreams();
      await this.#untilAnswered(running);
    };
  }

  readonly fetch: HttpApp['fetch'] = (request, env) => {
    const { pathname } = new URL(request.url);
    const path = this.#pathOf(pathname);
    const waiting = path === undefined ? undefined : this.#opening.get(path);
    if (waiting === undefined || /\/(healthz|readyz)$/.test(pathname))
      return this.#answer(path, request, env);
    return this.#answerOnceMounted(path, waiting, request, env);
  };

  readonly #answer = (
    path: string | undefined,
    ...[request, env]: Parameters<HttpApp['fetch']>
  ): ReturnType<HttpApp['fetch']> => {
    const mounted = path === undefined ? undefined : this.#mounted.get(path);
    if (mounted === undefined) return this.#outside.fetch(request, env);
    const answer = Promise.resolve(mounted.app.fetch(request, env));
    mounted.running.add(answer);
    const forget = (): void => void mounted.running.delete(answer);
    answer.then(forget, forget);
    return answer;
  };

  readonly endStreams = (): void => {
    for (const { app } of this.#mounted.values()) app.endStreams();
  };

  #pathOf(pathname: string): string | undefined {
    return this.#paths.find((path) => pathname === path || pathname.startsWith(`${path}/`));
  }

  /** Only who may ask at all may wait. */
  async #answerOnceMounted(
    path: string | undefined,
    waiting: Set<() => void>,
    ...[request, env]: Parameters<HttpApp['fetch']>
  ): Promise<Response> {
    const now = await this.#outside.fetch(request, env);
    if (now.status !== 503) return now;
    await this.#untilMounted(waiting);
    return this.#answer(path, request, env);
  }

  async #untilMounted(waiting: Set<() => void>): Promise<void> {
    await wakeAtFirst(
      (wake) => {
        waiting.add(wake);
        return () => void waiting.delete(wake);
      },
      (wake) => this.#time.schedule(openingMs, wake),
    );
  }

  async #untilAnswered(running: ReadonlySet<Promise<unknown>>): Promise<void> {
    await wakeAtFirst(
      (wake) => {
        void Promise.allSettled(running).then(wake);
        return () => {};
      },
      (wake) => this.#time.schedule(graceMs, wake),
    );
  }

  #openOutside(ports: Ports, prefix: string): Hono<HttpEnv> {
    const app = new Hono<HttpEnv>();
    app.use(requestIds(ports));
    guard(app, ports, 'that of a server is the one which rhema serve printed, with all of its path');
    app.use(async (c, next) => {
      const { pathname } = new URL(c.req.url);
      const path = this.#pathOf(pathname);
      if (path === undefined) return next();
      // Nothing could be looked at.
      if (pathname === `${path}/readyz`) return c.json({ ok: false, checks: {} }, 503);
      throw notServedNow();
    });
    app.get(`${prefix}/healthz`, (c) => c.json({ ok: true }));
    app.get(`${prefix}/readyz`, async (c) => {
      const ready = await this.#areReady();
      return c.json({ ok: ready }, ready ? 200 : 503);
    });
    return app;
  }

  async #areReady(): Promise<boolean> {
    const apps = this.#paths.map((path) => this.#mounted.get(path)?.app);
    const checks = await Promise.all(apps.map(async (app) => app?.checks()));
    return checks.every((each) => each !== undefined && Object.values(each).every((ok) => ok));
  }
}

const notServedNow = (): CoordinatorError =>
  new CoordinatorError(
    'UNAVAILABLE',
    'this repository is not served now: its coordinator starts, or was ended',
    {
      retryable: true,
    },
  );
