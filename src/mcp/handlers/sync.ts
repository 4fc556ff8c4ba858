import { asRevision, type Result, type ScopePath } from '../../core/index.ts';
import type { DeskAgent } from '../../participant/desk/index.ts';
import type { AgentCommand } from '../../participant/index.ts';
import { invalidInput, type CallerCommand } from '../../protocol/index.ts';
import { refused, told, type ToolAnswer } from '../answer.ts';
import { informedRefusal } from '../informed-refusals.ts';
import { refusalAnswer, type Advice } from '../refusals.ts';
import type { ToolArguments } from '../schemas.ts';
import { scopeNamed } from '../scopes.ts';
import { quoted } from '../text.ts';
import { syncAgainText } from '../views.ts';
import type { AgentHandler, Work } from './handler.ts';
import { timeLeft } from '../../wording/index.ts';

type Input = ToolArguments<'sync_scope'>;

/** Starts, ends, retries or undoes the sync of a scope. */
export const sync: AgentHandler<'sync_scope'> = async (work, { agent }, input) => {
  const scope = await scopeNamed(work.workspace, input.scope, 'scope');
  const blocked = input.action === 'start' ? await work.workspace.syncBlocked(scope) : null;
  if (blocked !== null) return notWhileStrict(scope, blocked);
  const reply =
    input.action === 'retry' || input.action === 'changed'
      ? await work.speaker.submit(commandOfAnybody(agent, scope, input))
      : await agent.submit(agentCommand(scope, input));
  if (reply.ok) return answerOf(work, scope, reply.result);
  const { code, details } = reply.rejection;
  // The answer to its start may have been lost.
  if (code === 'SYNC_IN_PROGRESS' && details['agent'] === agent.session.agent)
    return refusalAnswer(reply.rejection, ownRun(scope, details['run']));
  return informedRefusal(work, agent, reply.rejection);
};

const notWhileStrict = (scope: ScopePath, blocked: string): ToolAnswer =>
  refused(
    'UNSOUND',
    `strict_mode is on, and ${quoted(scope)} is not synced: ${quoted(blocked)}`,
    'mend that file under its lock, then sync_scope start.',
    { scope },
  );

function agentCommand(scope: ScopePath, input: Input): AgentCommand {
  if (input.action === 'start') return { kind: 'StartSync', scope };
  if (input.run === undefined) throw invalidInput('run', 'say which run ends: start has answered its number');
  const run = asRevision(input.run);
  if (input.action === 'complete')
    return { kind: 'CompleteSync', scope, run, digest: null, syncedAgainst: {} };
  return { kind: 'FailSync', scope, run, error: input.message ?? 'no reason was given' };
}

/** What anybody may do, whoever holds the scope; the audit trail has the agent's name. */
function commandOfAnybody(agent: DeskAgent, scope: ScopePath, input: Input): CallerCommand {
  const by = agent.session.agent;
  if (input.action === 'retry') return { kind: 'RetrySync', scope, by };
  return { kind: 'InvalidateSync', scope, by, reason: input.message ?? null };
}

function ownRun(scope: ScopePath, run: unknown): Advice {
  return {
    story: `you are syncing ${quoted(scope)} yourself: run ${String(run)}.`,
    next: `sync_scope complete, or fail, with run ${String(run)}.`,
  };
}

async function answerOf(work: Work, scope: ScopePath, result: Result): Promise<ToolAnswer> {
  switch (result.kind) {
    case 'syncStarted':
      return told(
        `SYNCING ${quoted(scope)}: run ${result.run}, attempt ${result.attempt}.\nNext: bring it up to date, then sync_scope complete, or fail, with this run.`,
        { scope, run: result.run },
      );
    case 'syncSet': {
      const { status, retryAtMs } = result;
      const retry = retryAtMs === null ? '' : await retryText(work, scope);
      return told(`The sync of ${quoted(scope)} is ${status}.${retry}`, { scope, status });
    }
    case 'invalidated': {
      const isNothing = result.scopes.length === 0;
      const text = isNothing ? 'Nothing of it was synced: nothing changed.' : syncAgainText(result.scopes);
      return told(text, { scope, invalidated: result.scopes.length });
    }
    default:
      throw new Error(`a sync was answered ${result.kind}`);
  }
}

/** When what has just failed may be retried: not by its time alone, since the retries may be used up. */
async function retryText({ workspace, clock }: Work, scope: ScopePath): Promise<string> {
  const subject = { kind: 'scope', scope } as const;
  const { sync } = await workspace.coordinator.query({ kind: 'why', subject, at: null, happened: 0 });
  if (sync === null || sync.retryAtMs === null) return '';
  if (sync.retriesLeft === 0) return ' Its retries are used up: a person has to run `rhema sync reset`.';
  const waitMs = sync.retryAtMs - clock.nowMs();
  return waitMs > 0 ? ` It may be retried in ${timeLeft(waitMs)}.` : ' It may be retried now.';
}
