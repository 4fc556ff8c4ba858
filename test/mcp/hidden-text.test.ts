/** Whatever hides in a text of others or of a model itself, no tool answers with it as it is. */
import { expect, it } from 'vitest';
import { eras, openStage } from './support/stage.ts';

const inNames = '\u200b\u202e\ufe0f\u{e0041}\u3164\ue000\u2800\u034f\u00ad';
const inTexts = `${inNames}\u0085\u009b31m\u2028\u00a0\u{f0000}`;
const hides = /[\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800\u00a0\u0080-\u009f]/u;
const hiddenIn = (text: string): string[] => text.split('\n').filter((line) => hides.test(line));

it.each(eras)('no answer of a tool, and no resource, shows what hides in a text (%s)', async (era) => {
  const api = `api${inNames}`;
  const stage = await openStage(['.', api, 'web']);
  const client = await stage.startClient(era);
  const told: string[] = [];
  const call = async (tool: string, args: Readonly<Record<string, unknown>>): Promise<void> => {
    const { text } = await client.call(tool, args).catch((error: unknown) => ({ text: String(error) }));
    told.push(...hiddenIn(text).map((line) => `${tool}: ${line}`));
  };
  const none = `none${inTexts}`;
  await client.join('alice', { task: inTexts });
  await client.join('bob', { task: inTexts });
  await call('agent_join', { agent: none });
  await call('agent_join', { agent: 'alice', task: inTexts });
  await call('agent_join', { agent: 'dave', [none]: 1 });
  for (const scope of [api, `${api}/none${inNames}`, none]) {
    await call('lock_acquire', { agent: 'bob', scopes: [scope], reason: inTexts });
    await call('lock_acquire', { agent: 'alice', scopes: [scope], reason: inTexts, wait_seconds: 0 });
    await call('lock_check', { agent: 'bob', path: `${scope}/file${inNames}` });
    await call('context_record', { agent: 'bob', path: `${scope}/file${inNames}.yaml` });
    await call('sync_scope', { agent: 'bob', scope, action: 'start' });
    await call('sync_scope', { agent: 'bob', scope, action: 'fail', run: 1, message: inTexts });
    await call('lock_release', { agent: 'bob', scopes: [scope] });
  }
  await call('agent_report', { agent: 'alice', to: 'bob', message: inTexts });
  await call('agent_report', { agent: 'bob', holder_of: none, message: inTexts });
  for (const status of ['working', 'blocked', none])
    await call('agent_report', { agent: 'bob', status, message: inTexts });
  await call('coordination_status', { agent: none, log: 50 });
  for (const uri of ['rhema://status', 'rhema://scopes', 'rhema://log']) {
    const { contents } = await client.client.readResource({ uri });
    for (const { text } of contents as { readonly text: string }[])
      told.push(...hiddenIn(text).map((line) => `${uri}: ${line}`));
  }
  expect(told).toEqual([]);
});
