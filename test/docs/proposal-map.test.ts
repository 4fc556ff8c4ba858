import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const page = readFileSync(new URL('../../docs/proposal-map.md', import.meta.url), 'utf8');

/** What the proposal names, by its own words for it. */
const proposal = [
  'agent_join, agent_leave, set_agent_state, get_agent_state, check_agent_progress, max_concurrent_agents, max_block_time, agent_metadata',
  'acquire_lock, release_lock, check_lock_consistency, cleanup_expired_locks, lock_history, lock_timeouts',
  'start_sync, complete_sync, fail_sync, check_sync_dependencies, sync_dependencies, sync_queue',
  'validate_yaml_content, validate_scope_references, validate_no_circular_dependencies, validate_dependency_graph',
  'validate_dependency_bounds, validate_no_self_dependencies, validate_agent_states, validate_concurrent_agents',
  'validate_agent_progress, validate_lock_ownership, validate_one_lock_per_agent, validate_lock_timeouts, auto_recovery',
  'AgentCoordinationService, AgentRequest, AgentResponse, handle_context_modification, handle_sync_request, agent_status, sync_scope',
  'validate_safety, check_invariants, agent_coordination, phases 1 and 2, phase 3, opt-out, (phase 6), phase 5',
  'transitions, lock rates, sync outcomes, violations, response times, structured, audit trail, performance metrics',
  'agent coordination, lock consistency, sync status, safety invariants',
  'unit tests, integration tests, model validation, 1. safety, 2. performance, 3. reliability, 4. usability, criterion 5, 6. compatibility',
  'performance impact, complexity, race conditions, backward compatibility, migration complexity, debugging difficulty',
].flatMap((line) => line.split(', '));

interface Row {
  readonly item: string;
  readonly where: readonly string[];
  readonly shownBy: readonly string[];
}

const pathsIn = (cell: string): readonly string[] =>
  [...cell.matchAll(/`((?:src|test|docs|spec|bench)\/[^`]+)`/g)].map(([, path]) => path ?? '');

const rows: readonly Row[] = page
  .split('\n')
  .filter((line) => line.startsWith('| ') && !/^\| (?:proposal|---)/.test(line))
  .map((line) => line.split(/ *\| */).slice(1, 5))
  .map(([item = '', , where = '', shownBy = '']) => ({
    item,
    where: pathsIn(where),
    shownBy: pathsIn(shownBy),
  }));

test.each(proposal)('the map has a row for %s', (item) => {
  expect(rows.some((row) => row.item.includes(item))).toBe(true);
});

test('each row names a place, and what shows it', () => {
  expect(rows.length).toBeGreaterThan(60);
  expect(rows.filter(({ where, shownBy }) => where.length === 0 || shownBy.length === 0)).toEqual([]);
});

test('every file that the map names exists', () => {
  const named = rows.flatMap(({ where, shownBy }) => [...where, ...shownBy]);
  expect(named.filter((path) => !existsSync(new URL(`../../${path}`, import.meta.url)))).toEqual([]);
});
