import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const page = readFileSync(new URL('../../docs/proposal-map.md', import.meta.url), 'utf8');
const proposal = `
  agent_join agent_leave set_agent_state get_agent_state
  check_agent_progress acquire_lock release_lock check_lock_consistency
  cleanup_expired_locks start_sync complete_sync fail_sync
  check_sync_dependencies validate_yaml_content validate_scope_references validate_no_circular_dependencies
  validate_dependency_graph validate_dependency_bounds validate_no_self_dependencies validate_agent_states
  validate_concurrent_agents validate_agent_progress validate_lock_ownership validate_one_lock_per_agent
  validate_lock_timeouts
`
  .trim()
  .split(/\s+/);

test.each(proposal)('the map has a row for %s', (item) => {
  expect(page).toContain(`\`${item}\``);
});

test('every file that the map names exists', () => {
  const named = [...page.matchAll(/`((?:src|test|docs)\/[^`]+\.(?:ts|md|txt))`/g)].map(
    ([, path]) => path ?? '',
  );
  const missing = named.filter((path) => !existsSync(new URL(`../../${path}`, import.meta.url)));
  expect(named.length).toBeGreaterThan(30);
  expect(missing).toEqual([]);
});
