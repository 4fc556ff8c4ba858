import { tightLimits } from '../commands/hooks/tight-limits.ts';
import { line } from '../format/text.ts';
import type { Tried } from './tried.ts';
import type { RepositoryFacts } from './facts.ts';
import { findingsFrom, ok, problem, readRemedy, warning, type Finding } from './finding.ts';

/** Whether the hooks of clients hold, from an edit that was fired through each. Nothing where none was installed. */
export function checkHooks({ hooks }: Pick<RepositoryFacts, 'hooks'>): readonly Finding[] {
  return findingsFrom('hooks', hooks, readRemedy, (tried) => tried.map(findingOf));
}

/** Limits by which agents with such hooks are refused what nobody holds. */
export function checkLimits({ hooks, scan }: Pick<RepositoryFacts, 'hooks' | 'scan'>): readonly Finding[] {
  const isAsked = hooks.known && hooks.value.some(({ outcome }) => outcome.kind !== 'gone');
  if (!isAsked || !scan.known) return [];
  return tightLimits(scan.value).map(({ problem: told, remedy }) => warning('limits', told, remedy));
}

function findingOf(tried: Tried): Finding {
  const { title, client, file, missing, outcome } = tried;
  const subject = `hooks of ${title}`;
  const anew = `have them written anew: rhema hooks uninstall ${client}, then rhema hooks install ${client}`;
  switch (outcome.kind) {
    case 'refused':
      if (missing.length > 0)
        return warning(
          subject,
          line`partly: an edit on trial was refused, but ${file} has no entry for ${missing.join(', ')}`,
          `add what is missing: rhema hooks install ${client}`,
        );
      if (tried.doubt !== null)
        return warning(
          subject,
          line`partly: an edit on trial was refused, but ${tried.doubt}`,
          `update it, or have it ask by a command: rhema hooks install ${client} --handler command`,
        );
      return ok(
        subject,
        `enforced: an edit on trial was refused after ${outcome.afterMs} ms; ${failingText(tried)}`,
      );
    case 'passed':
      return problem(
        subject,
        line`nothing: an edit on trial was not refused by ${file}; the hook said: ${outcome.said}`,
        anew,
      );
    case 'notAsked':
      return problem(
        subject,
        line`nothing: ${file} has no entry for ${outcome.event}, so no edit is asked about`,
        `add what is missing: rhema hooks install ${client}`,
      );
    case 'switchedOff':
      return problem(
        subject,
        line`nothing: ${outcome.by} has disableAllHooks, so no hook runs`,
        line`take that out of ${outcome.by}`,
      );
    case 'gone':
      return warning(
        subject,
        outcome.toolsIn === null
          ? line`nothing: what was written into ${file} was taken out, so no edit is asked about`
          : line`nothing: its agents have the tools (${outcome.toolsIn}), and no edit is asked about`,
        `have it ask before each edit: rhema hooks install ${client}`,
      );
    case 'notTried':
      return warning(
        subject,
        line`not tried: ${file} starts another program than this one, which is not run for a trial: ${outcome.command}`,
        anew,
      );
  }
}

function failingText({ failing }: Tried): string {
  switch (failing) {
    case 'open':
      return 'fails open: where rhema cannot be started, edits pass';
    case 'closed':
      return 'fails closed: where rhema cannot be started, no edit passes';
    case 'closed but for a time-out':
      return 'fails closed, but open where the hook takes too long';
  }
}
