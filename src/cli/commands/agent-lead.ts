import type { Call } from '../call.ts';

/** Which agent, of those that take part, somebody most likely meant who misspelt its name. Null: none is close. */
export async function agentLead(call: Call, name: string): Promise<string | null> {
  const { agents } = await (await call.coordinator()).query({ kind: 'status', at: null });
  const { nearest } = await import('../../config/index.ts');
  const near = nearest(
    name,
    agents.map((view) => view.agent),
  );
  return near === null || near === name ? null : `did you mean ${near}?`;
}
