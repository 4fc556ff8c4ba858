/** Agents who do something of everything. */
import type { AgentId, Epoch, FencingToken, ScopePath, SyncRun } from '../../core/index.ts';
import type { CallerCommand, Reply } from '../../protocol/index.ts';
import type { Watched } from './watched.ts';

type Who = { readonly agent: AgentId; readonly epoch: Epoch; readonly secret: string };

let requests = 0;

export class Play {
  readonly replies: (readonly [kind: string, reply: Reply])[] = [];
  readonly watched: Watched;

  constructor(watched: Watched) {
    this.watched = watched;
  }

  async say(command: object): Promise<Reply> {
    const requestId = `request-${(requests += 1)}`;
    const reply = await this.watched.service.submit({ requestId, command: command as CallerCommand });
    this.replies.push([(command as CallerCommand).kind, reply]);
    return reply;
  }

  async join(name: string): Promise<Who> {
    const agent = name as AgentId;
    const secret = `0123456789abcdef0123456789abcdef${name}`;
    const reply = await this.say({ kind: 'AgentJoin', agent, secret, metadata: {} });
    return { agent, secret, epoch: (reply as unknown as { result: { epoch: Epoch } }).result.epoch };
  }

  acquire(who: Who, wish: object, waits = false): Promise<Reply> {
    const wait = waits ? { kind: 'queue', forMs: null } : { kind: 'none' };
    return this.say({ kind: 'AcquireLock', ...who, scopes: [], ...wish, ttlMs: null, wait, reason: null });
  }

  release(who: Who): Promise<Reply> {
    return this.say({ kind: 'ReleaseLock', ...who, scopes: null, token: null });
  }

  /** What is due by then happens one after the other. */
  async pass(ms: number): Promise<void> {
    this.watched.time.advance(ms);
    await this.watched.service.syncs();
  }
}

const digest = (letter: string): string => letter.repeat(64);

/** Something of everything. */
export async function playAll(play: Play): Promise<void> {
  const [ann, bob, cid] = [await play.join('ann'), await play.join('bob'), await play.join('cid')];
  await play.acquire(ann, { scopes: ['a'] });
  await play.acquire(bob, { scopes: ['a'] });
  await play.acquire(bob, { scopes: ['a'] }, true);
  await play.acquire(cid, { scopes: ['nowhere'] });
  await play.pass(2_000);
  await play.say({ kind: 'RenewLock', ...ann, scope: 'a', token: null, ttlMs: null });
  await play.release(ann);
  await play.acquire(cid, { files: ['b/page.ts'], scopes: [] });
  await play.say({ kind: 'RevokeLock', by: 'op', scope: 'a', reason: null });
  await play.say({ kind: 'SendMessage', ...ann, to: { kind: 'all' }, messageKind: 'info', text: 'hello' });
  await play.say({ kind: 'ReadMessages', ...bob });
  await play.say({
    kind: 'SendAsOperator',
    by: 'op',
    to: { kind: 'agent', agent: 'cid' },
    messageKind: 'stop',
    text: 'x',
  });
  await playContexts(play, bob);
  await playSyncs(play, ann);
  await play.acquire(ann, { scopes: ['a'] });
  await play.say({ kind: 'SetAgentStatus', ...ann, status: 'blocked', reason: 'a question' });
  await play.say({ kind: 'SetAgentStatus', ...ann, status: 'working', reason: null });
  await play.say({ kind: 'SetAgentStatus', ...cid, status: 'completed', reason: null });
  await playViolations(play);
  await playGuards(play, bob);
  const dan = await play.join('dan');
  await play.acquire(dan, { scopes: ['d'] });
  await play.say({ kind: 'AgentResume', ...dan, newSecret: digest('d'), way: 'resume', from: 'dan' });
  const eve = await play.join('eve');
  await play.acquire(eve, { scopes: ['d'] }, true);
  await play.say({ kind: 'CancelWait', ...eve });
  await play.say({ kind: 'AgentLeave', ...bob });
  await play.pass(61_000);
  await play.pass(3_600_000);
}

async function playContexts(play: Play, who: Who): Promise<void> {
  const file = { scope: 'c', file: 'knowledge.yaml', token: null };
  const modify = (digestOf: string, baseDigest: string | null): Promise<Reply> =>
    play.say({ kind: 'ContextModify', ...who, ...file, digest: digest(digestOf), baseDigest });
  await modify('1', null);
  await modify('2', null);
  await play.say({
    kind: 'ContextModify',
    ...who,
    ...file,
    token: 1,
    digest: digest('3'),
    baseDigest: digest('1'),
  });
  await play.release(who);
}

async function playSyncs(play: Play, who: Who): Promise<void> {
  const start = async (scope: string): Promise<SyncRun> => {
    const reply = await play.say({ kind: 'StartSync', ...who, scope });
    return reply.revision as unknown as SyncRun;
  };
  const run = await start('c');
  await play.pass(1_500);
  const done = { digest: digest('c'), syncedAgainst: {} };
  await play.say({ kind: 'CompleteSync', ...who, scope: 'c', run, ...done });
  await play.say({ kind: 'FailSync', ...who, scope: 'd', run: await start('d'), error: 'exit 1' });
  await start('b');
  await play.say({ kind: 'AbortSync', by: 'op', scope: 'b', reason: null });
  await play.say({ kind: 'InvalidateSync', by: 'op', scope: 'c', reason: null });
}

export async function playViolations(play: Play): Promise<void> {
  const one = { by: 'op', type: 'ContextConsistency', rule: 'CONTEXT_FILE_CHANGED', subject: 'a/x.yaml' };
  await play.say({ kind: 'ReportViolation', ...one, path: null, evidence: 'e', remedy: 'r' });
  await play.say({
    kind: 'ReportViolation',
    ...one,
    rule: 'made up',
    path: null,
    evidence: 'e',
    remedy: 'r',
  });
  await play.say({ kind: 'SettleViolation', ...one, end: 'mended', cause: null });
}

async function playGuards(play: Play, who: Who): Promise<void> {
  const { service } = play.watched;
  const files = ['b/page.ts', 'a/x.ts', 'README.md'] as ScopePath[];
  const { agent, epoch } = who;
  await service.query({ kind: 'mayWrite', agent, epoch, files, token: null });
  await service.query({ kind: 'token', scope: 'a' as ScopePath, token: 1 as FencingToken });
}
