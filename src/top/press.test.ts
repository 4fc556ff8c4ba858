import { describe, expect, it } from 'vitest';
import { agentId, scopePath } from '../cli/testing/samples.ts';
import type { Model } from './model.ts';
import { press } from './press.ts';
import { busy, crowd, ctrl, keyOf, modelOf, quiet, seen, words } from '../../test/support/top-stage.ts';

const at80 = { columns: 80, rows: 24 };
const up = (model: Model): Model => typed(model, 'up');

/** What a row of keys makes of a view. */
function typed(model: Model, ...keys: readonly string[]): Model {
  return keys.reduce((now, key) => press(now, keyOf(key), words).model, model);
}

/** The row that keys are about, as it is shown. */
const chosenIn = (model: Model): string =>
  seen(model)
    .split('\n')
    .find((line) => line.startsWith('> ')) ?? '';

const namesIn = (model: Model): readonly string[] =>
  seen(model)
    .split('\n')
    .flatMap((line) => /^[> ] (\S+) +(?:working|blocked|idle|lost)/.exec(line)?.[1] ?? []);

describe('keys', () => {
  it('choose a row, and stop at the ends', () => {
    const second = typed(modelOf(busy, at80), 'down');
    expect(chosenIn(second)).toMatch(/^> bob/);
    expect(chosenIn(up(up(second)))).toMatch(/^> alice/);
    expect(chosenIn(typed(second, 'end', 'j'))).toMatch(/^> erin/);
    expect(chosenIn(typed(modelOf(crowd(), at80), 'pagedown', 'pagedown', 'pageup', 'k'))).toMatch(
      /agent-009/,
    );
  });

  it('keep the chosen row where another one comes before it', () => {
    const bob = typed(modelOf(busy, at80), 'down');
    expect(chosenIn(typed(bob, 's', 'S'))).toMatch(/^> bob/);
  });

  it('sort by each column, what says nothing last, and the other way round', () => {
    const model = modelOf(busy, at80);
    expect(namesIn(typed(model, 'S'))).toEqual(['erin', 'dave', 'carol', 'bob', 'alice']);
    expect(namesIn(typed(model, 's'))).toEqual(['bob', 'dave', 'erin', 'alice', 'carol']);
    expect(namesIn(typed(model, 's', 's', 's')).slice(0, 2)).toEqual(['alice', 'carol']);
    expect(seen(typed(model, 's', 's', 's', 'S'))).toContain('LEASE▲');
    expect(typed(model, ...Array.from({ length: 8 }, () => 's')).choices).toEqual(model.choices);
  });

  it('go from list to list, and back to the first', () => {
    const model = modelOf(busy, at80);
    expect(seen(typed(model, '\t'))).toContain('[LOCKS 3]');
    expect(seen(typed(model, '\t', '\t'))).toContain('[QUEUE 1]');
    expect(typed(model, '\t', '\t', '\t').list).toBe('agents');
  });

  it('filter while it is typed; Escape ends that', () => {
    const model = typed(modelOf(busy, at80), '/', 'c', 'a', 'x', '\u007f');
    expect(seen(model)).toMatch(/filter: ca_$/);
    expect(namesIn(model)).toEqual(['carol']);
    expect(namesIn(typed(model, '\r'))).toEqual(['carol']);
    expect(typed(model, '\r').typing).toBeNull();
    expect(namesIn(typed(model, '\u001b')).length).toBe(5);
    expect(namesIn(typed(model, '\r', '\u001b')).length).toBe(5);
  });

  it('typed as text are no commands', () => {
    const { model, act } = press(typed(modelOf(busy, at80), '/'), keyOf('q'), words);
    expect([model.filter, act]).toEqual(['q', null]);
  });

  it('look into an agent, or a lock, and go back to where one was', () => {
    const { model, act } = press(typed(modelOf(busy, at80), 'down'), keyOf('\r'), words);
    expect(act).toEqual({ kind: 'hear' });
    expect(model.page).toMatchObject({ kind: 'story', subject: { kind: 'agent', agent: 'bob' } });
    expect(chosenIn(typed(model, '\u001b'))).toMatch(/^> bob/);
    const ofLock = typed(modelOf(busy, at80), '\t', '\r');
    expect(ofLock.page).toMatchObject({ subject: { kind: 'file', file: 'services/auth/login.ts' } });
    expect(seen(ofLock)).toMatch(/r revoke/);
  });

  it('scroll what does not fit, not past its end', () => {
    const happened = Array.from({ length: 40 }, (_, index) => ({ revision: index }) as never);
    const subject = { kind: 'agent', agent: agentId('bob') } as const;
    const answer = { subject, happened } as never;
    const page = { kind: 'story', subject, target: null, answer, above: 0 } as const;
    const end = typed(modelOf(busy, at80, { page }), 'end', 'down', 'pagedown');
    expect(seen(end)).toMatch(/@39\nEsc back/);
    expect(seen(typed(end, 'up'))).toMatch(/@38\nEsc back/);
    expect(seen(typed(end, 'home', 'up'))).toContain('the story of');
  });

  it('ask for what is done elsewhere, also while something is typed', () => {
    const model = typed(modelOf(busy, at80), '/');
    expect(press(model, ctrl('c'), words).act).toEqual({ kind: 'interrupt' });
    expect(press(model, ctrl('z'), words).act).toEqual({ kind: 'suspend' });
    expect(press(model, ctrl('l'), words).act).toEqual({ kind: 'redraw' });
    expect(press(modelOf(null, at80), keyOf('q'), words).act).toEqual({ kind: 'quit' });
  });

  it('do nothing where there is nothing to be about', () => {
    for (const facts of [null, quiet])
      for (const key of ['down', '\r', 'r', 's', 'x'])
        expect(press(modelOf(facts, at80), keyOf(key), words).act).toBeNull();
  });

  it('show all keys, until Escape', () => {
    const help = typed(modelOf(busy, at80), '?');
    expect(seen(help)).toContain('revoke a lock: asked first, kept in the log');
    expect(typed(help, '\u001b').page).toEqual({ kind: 'list' });
  });
});

describe('revoking', () => {
  const carols = typed(modelOf(busy, at80), 'down', 'down', 'r');

  it('is asked for, with a reason, and named in full', () => {
    expect(seen(carols)).toMatch(/revoke src\/core from carol \(token 1150\)\? y\/N$/);
    const { model, act } = press(typed(carols, 'y', 'g', 'o', 'n', 'e'), keyOf('\r'), words);
    expect(act).toMatchObject({ kind: 'revoke', reason: 'gone', lock: { scope: 'src/core', token: 1150 } });
    expect(model.typing).toBeNull();
    expect(press(typed(carols, 'Y'), keyOf('\r'), words).act).toMatchObject({ reason: null });
  });

  it.each(['n', '\r', '\u001b', 'q', ' '])('is left alone by %j', (key) => {
    const { model, act } = press(carols, keyOf(key), words);
    expect(act).toBeNull();
    expect(seen(model)).toMatch(/nothing was revoked$/);
  });

  it('is left alone by Escape at the reason', () => {
    expect(press(typed(carols, 'y', 'x'), keyOf('\u001b'), words)).toMatchObject({
      act: null,
      model: { typing: null },
    });
  });

  it('lets one of several locks be chosen first', () => {
    const model = typed(modelOf(busy, at80), 'r');
    expect(seen(model)).toMatch(/alice has 2 locks: choose one, then r$/);
    expect(chosenIn(model)).toMatch(/login\.ts/);
    expect(typed(model, 'r').typing).toMatchObject({ kind: 'sure', lock: { token: 1180 } });
  });

  it.each([40, 80])('says at once, on %i columns, that only an operator may', (columns) => {
    const model = typed(modelOf(busy, { columns, rows: 24 }, { list: 'locks', mayRevoke: false }), 'r');
    expect(model.typing).toBeNull();
    expect(seen(model)).toMatch(/only an operator may revoke/);
    expect(seen({ ...model, notice: null })).not.toContain('r revoke');
  });

  it('says where there is nothing to revoke', () => {
    expect(seen(typed(modelOf(busy, at80), 'down', 'r'))).toMatch(/there is no lock to revoke$/);
  });

  it('goes on from the story of a lock, as it is held by then', () => {
    const story = typed(modelOf(busy, at80, { list: 'locks' }), 'end', '\r');
    expect(typed(story, 'r').typing).toMatchObject({ kind: 'sure', lock: { scope: scopePath('src/core') } });
    expect(typed({ ...story, facts: quiet }, 'r').notice?.text).toBe('there is no lock to revoke');
  });
});
