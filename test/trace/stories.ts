/** Logs of what simulations and processes do not do often enough: files of scopes, slots of resources, processes that are seen to have ended. */
import { asDurationMs, asSessionId, type Entry } from '../../src/core/index.ts';
import {
  agentId,
  committed,
  filePath,
  Machine,
  resourceName,
  scopePath,
  type AcquireOptions,
  type SaidWish,
} from '../support/machine.ts';

/** The machine whose settings a story begins with, and the log it left. */
export interface Story {
  readonly machine: Machine;
  readonly log: readonly Entry[];
}

const git = resourceName('@git');
const port = resourceName('@port');

/** What somebody takes, by names: `@` begins a resource; with a dot it is a file, else a scope. */
function wish(names: readonly string[]): SaidWish {
  const resources = names.filter((name) => name.startsWith('@'));
  const files = names.filter((name) => name.includes('.'));
  return { scopes: names.filter((name) => !/[@.]/.test(name)), files, resources };
}

/** How a story is told: everything that is said is accepted. */
class Teller {
  readonly machine = new Machine({
    maxConcurrentAgents: 3,
    maxLocksPerAgent: 2,
    resources: { [git]: 1, [port]: 3 },
    lockTtlMs: asDurationMs(2_000),
    maxContendedHoldMs: asDurationMs(3_000),
    deadGraceMs: asDurationMs(800),
  });

  take(name: string, names: readonly string[], options: AcquireOptions = {}): void {
    committed(this.machine.acquire(name, wish(names), options));
  }

  giveBack(name: string, ...names: readonly string[]): void {
    committed(this.machine.release(name, wish(names)));
  }

  seeDead(name: string): void {
    committed(this.machine.say({ kind: 'SeeDead', agent: agentId(name) }));
  }

  resume(name: string): void {
    const newSession = asSessionId(`next session of ${name}`);
    committed(
      this.machine.say({
        kind: 'AgentResume',
        agent: agentId(name),
        newSession,
        way: 'resume',
        from: 'a client',
      }),
    );
  }

  write(name: string, scope: string, context: string): void {
    committed(
      this.machine.say({
        kind: 'ContextModify',
        agent: agentId(name),
        scope: scopePath(scope),
        file: context,
        token: null,
        digest: 'd'.repeat(64),
        baseDigest: null,
      }),
    );
  }

  /** A slot of a resource, or what is at a path. */
  revoke(name: string, slot?: number): void {
    const what = slot === undefined ? { file: filePath(name) } : { resource: resourceName(name), slot };
    committed(this.machine.say({ kind: 'RevokeLock', ...what, reason: null }));
  }

  takeOver(boot: string): void {
    const clock = { host: 'host', boot, offsetMs: 0 };
    const cause = this.machine.state.clock === null ? 'first' : 'otherBoot';
    committed(this.machine.say({ kind: 'TakeOver', clock, cause }));
  }

  end(): Story {
    this.machine.advance(2_000_000);
    return { machine: this.machine, log: this.machine.log };
  }
}

/** Files beside each other, a ticket for the whole between them, a scope that comes to be around a file that is held. */
export function storyOfFiles(): Story {
  const teller = new Teller();
  const { machine } = teller;
  machine.define({ src: [], docs: [] });
  for (const name of ['alice', 'bob', 'carol', 'dave', 'erin']) machine.join(name);
  teller.takeOver('first');
  teller.take('alice', ['src/a.ts', 'src/notes.md'], { ttlMs: 1_500 });
  teller.take('bob', ['src/api/x.ts', 'docs']);
  teller.take('carol', ['src'], { wait: 60_000 });
  teller.take('dave', ['src/d.ts'], { wait: 60_000 });
  teller.take('erin', ['src/api/q.ts'], { wait: 60_000 });
  machine.advance(900);
  committed(machine.renew('alice', { file: 'src/a.ts' }, { ttlMs: 3_000 }));
  machine.heartbeat('alice');
  machine.heartbeat('bob');
  teller.write('alice', 'src', 'notes.md');
  machine.advance(700);
  teller.takeOver('second');
  machine.heartbeat('alice');
  teller.giveBack('alice', 'src/notes.md');
  machine.define({ src: [], 'src/api': [], docs: [] });
  teller.take('bob', ['src/api/x.ts', 'src/api/y.ts']);
  teller.giveBack('alice', 'src/a.ts');
  teller.take('alice', ['src/api/y.ts', 'src/d.ts'], { wait: 5_000 });
  teller.revoke('src/api/y.ts');
  machine.release('carol');
  teller.take('carol', ['src/api/z.ts', 'src/z.ts']);
  machine.define({ src: [], docs: [] });
  teller.take('bob', ['src/api/w.ts']);
  machine.advance(6_000);
  teller.take('bob', ['src/b.ts']);
  teller.take('carol', ['src/c.ts']);
  teller.take('bob', ['src'], { wait: 60_000 });
  machine.advance(1_000);
  for (const name of ['bob', 'carol']) machine.heartbeat(name);
  return teller.end();
}

/** Slots of a resource, taken by who holds something in a scope and by who does not; one is taken back; there are more of them later. */
export function storyOfSlots(): Story {
  const teller = new Teller();
  const { machine } = teller;
  machine.define({ src: [], docs: [] });
  for (const name of ['alice', 'bob', 'carol', 'dave', 'erin']) machine.join(name);
  teller.take('alice', ['@git', '@port']);
  teller.take('bob', ['src/b.ts', '@port']);
  teller.take('carol', ['@port'], { ttlMs: 9_000 });
  teller.take('dave', ['docs', '@port'], { wait: 60_000 });
  teller.take('erin', ['@port'], { wait: 60_000 });
  machine.advance(500);
  machine.heartbeat('alice');
  teller.revoke('@port', 2);
  teller.take('bob', ['src']);
  teller.take('bob', ['@git'], { wait: 60_000 });
  teller.giveBack('carol', '@port');
  machine.advance(400);
  teller.giveBack('alice', '@git');
  teller.take('carol', ['src', '@port'], { wait: 60_000 });
  const settings = { ...machine.state.settings, resources: { [git]: 1, [port]: 4 } };
  committed(machine.say({ kind: 'Configure', settings }));
  machine.heartbeat('alice');
  teller.giveBack('bob', 'src', 'src/b.ts');
  machine.release('alice');
  return teller.end();
}

/** Processes that end: one is followed by another in time, of the others the agents are lost, also the one that holds the whole. */
export function storyOfDead(): Story {
  const teller = new Teller();
  const { machine } = teller;
  machine.define({ src: [] });
  for (const name of ['alice', 'bob', 'carol']) machine.join(name);
  teller.take('alice', ['src/a.ts', '@port']);
  teller.take('bob', ['src/b.ts']);
  teller.take('carol', ['src'], { wait: 60_000 });
  teller.seeDead('alice');
  machine.advance(500);
  teller.resume('alice');
  machine.heartbeat('alice');
  machine.advance(500);
  teller.seeDead('bob');
  machine.advance(799);
  machine.heartbeat('alice');
  machine.advance(1);
  machine.release('alice');
  teller.seeDead('carol');
  machine.nowMs += 100;
  machine.join('bob');
  teller.take('bob', ['src/b.ts'], { wait: 60_000 });
  return teller.end();
}
