import { describe, expect, it } from 'vitest';
import { initialState, type ClaimLevel, type Entry } from '../../src/core/index.ts';
import { fit, gainFor, jobOfCommit, type Choice, type Job } from '../../src/fit/index.ts';
import { LogVerifier } from '../../src/verify/index.ts';
import { isRecordPresent, readEdits, readScopes } from '../replay/gastown.ts';
import { choice } from './support.ts';

/** The last 300 changes of a repository on which hundreds of coding agents worked; docs/fit.md has the figures. */
describe.skipIf(!isRecordPresent)(
  'the last changes by hundreds of agents (skipped without ../shared/data)',
  () => {
    const under = (claim: ClaimLevel = 'file'): Choice =>
      choice(['.', ...readScopes().map(({ path }) => path)].join(' '), { maxLocksPerAgent: 8, claim });
    const lastJobs = (count: number): Job[] =>
      readEdits()
        .filter(({ files }) => files.length > 0)
        .slice(-count)
        .map(jobOfCommit);

    it('fit locks of files: three agents do 2.8 times the work of one, eight 5.9 times; of scopes 1.8 and 2.1', () => {
      const gains = (claim: ClaimLevel) =>
        [3, 8].map((agents) =>
          gainFor({ jobs: lastJobs(300), choice: under(claim), agents }, () => undefined).gain.toFixed(1),
        );
      expect(gains('file')).toEqual(['2.8', '5.9']);
      expect(gains('scope')).toEqual(['1.8', '2.1']);
    });

    it('are answered in seconds, with all that a person is told', () => {
      const asked = {
        jobs: lastJobs(300),
        choice: under(),
        agents: 3,
        asked: [],
        freeable: [],
        settable: new Set([]),
      };
      const { gains, hottest, others, recommended } = fit(asked);
      const told = gains.map(({ gain }) => gain);
      expect(told).toEqual(told.toSorted((a, b) => a - b));
      expect(hottest[0]).toMatchObject({ target: 'internal/hooks/installer.go' });
      expect(others.map(({ gain }) => gain.gain > 2.5)).toEqual([false, true, false, true]);
      expect(recommended).toBeNull();
    });

    it('leave a log that is a behaviour of the machine, entry by entry', () => {
      const log: Entry[] = [];
      gainFor({ jobs: lastJobs(60), choice: under(), agents: 5 }, (entry) => void log.push(entry));
      // Three replays: of one agent, of five that wait for the job that is next, of five that take another.
      const starts = log.flatMap(({ revision }, index) => (revision === 1 ? [index] : []));
      const replays = starts.map((start, at) => log.slice(start, starts[at + 1]));
      expect(replays).toHaveLength(3);
      for (const entries of replays) {
        const verifier = new LogVerifier(initialState());
        expect(entries.map((entry) => verifier.take(entry)).filter((finding) => finding !== null)).toEqual(
          [],
        );
        expect(entries.length).toBeGreaterThan(120);
      }
    });
  },
);
