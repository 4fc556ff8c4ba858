import { describe, expect, it } from 'vitest';
import { asRevision, eventGroups, eventKinds } from '../../core/index.ts';
import { makeRepository } from '../../repository/testing/fixture.ts';
import { rhemaIn } from '../testing/direct.ts';
import { FakeCoordinator } from '../testing/fake-coordinator.ts';
import { Harness } from '../testing/harness.ts';
import { agentView, scopeView, statusAnswer } from '../testing/samples.ts';

const nothing = { revision: asRevision(7), nextBefore: null, first: asRevision(1), entries: [] };
const quiet = (): Harness =>
  new Harness({
    coordinator: new FakeCoordinator({
      answers: {
        history: () => nothing,
        scopes: () => ({ revision: asRevision(7), scopes: [scopeView('src/core')], problems: [] }),
        status: () => statusAnswer({ agents: [agentView()] }),
      },
    }),
  });

describe('the events that are asked for', () => {
  it.each([
    ['lokc', 'did you mean lock? The groups of events are agent, message, lock, '],
    ['lock.grnated', 'did you mean lock.granted? The events of lock are lock.granted, lock.renewed, '],
    ['lock.', 'The events of lock are '],
    ['Lock', 'did you mean lock?'],
    ['whatever', 'and no such group; the groups of events are agent, '],
    ['', 'and no such group; the groups of events are '],
  ])('%j are none, which is told with those that there are', async (event, told) => {
    const { code, stderr } = await quiet().run('log', '--event', 'lock', event);
    expect(code).toBe(2);
    expect(stderr).toContain(`--event ${JSON.stringify(event)}: there is no such event`);
    expect(stderr).toContain(told);
  });

  it('are refused with --follow too', async () => {
    expect((await quiet().run('log', '--follow', '--event', 'lokc')).code).toBe(2);
  });

  it.each([...eventGroups, ...eventKinds])('may be %s', async (event) => {
    expect((await quiet().run('log', '--event', event)).stdout).toBe('nothing that matches\n');
  });
});

describe('when nothing is found', () => {
  it.each([
    [['log', '--scope', 'src/cor'], 'there is no scope src/cor now: did you mean src/core?'],
    [['log', '--scope', 'elsewhere'], 'there is no scope elsewhere now: see rhema scope list'],
    [['log', '--agent', 'alcie'], 'there is no agent alcie now: did you mean alice?'],
    [['lock', 'history', 'src/cor'], 'there is no scope src/cor now: did you mean src/core?'],
  ])('%j is told that nobody knows the name', async (words, hint) => {
    expect((await quiet().run(...words)).stdout).toBe(`nothing that matches; ${hint}\n`);
    expect((await quiet().json(...words)).body).toMatchObject({ entries: [], hint });
  });

  it('a word that is neither a scope nor a file is told to be none, also where the top scope has all files', async () => {
    const root = makeRepository({
      'rhema.yaml': 'name: shop\n',
      'api/rhema.yaml': 'name: api\n',
      'a.ts': '',
    });
    const said = async (...words: string[]) => (await rhemaIn(root, ...words)).stdout;
    expect(await said('log', '--scope', 'nope')).toMatch(
      /^nothing that matches; there is no scope or file nope now: see \S*rhema scope list\n$/,
    );
    expect(await said('lock', 'history', 'apo')).toContain('there is no scope apo now: did you mean api?\n');
    expect(await said('log', '--scope', 'a.ts')).toBe('nothing that matches\n');
  });

  it.each([[['log']], [['log', '--scope', 'src/core', '--agent', 'alice']]])(
    '%j, where all names are known, is just told so',
    async (words) => {
      expect((await quiet().run(...words)).stdout).toBe('nothing that matches\n');
      expect((await quiet().json(...words)).body).not.toHaveProperty('hint');
    },
  );
});
