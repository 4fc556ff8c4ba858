/**
 * Faults that users met, or would have: each a place of the source as it was, or as it would be without what mends it. Each
 * is put back in a test, and the simulation must say what is wrong.
 */
import { change, fewRequests, noPatience, type Fault } from './fault.ts';
import { faultsOfTelling } from './faults-of-telling.ts';

export const faults: readonly Fault[] = [
  {
    name: 'a checkout ends the locks of scopes that it does not have',
    changes: [
      change(
        'src/core/scopes.ts',
        'const inUse = draft.isInUse(scope);',
        'const inUse = state.revision < 0;',
      ),
    ],
    said: /is a scope/,
    trial: 'everything',
  },
  {
    name: 'a checkout ends the waits for scopes that it does not have',
    changes: [
      change(
        'src/core/scopes.ts',
        'const inUse = draft.isInUse(scope);',
        'const inUse = draft.holderOf(scope) !== null;',
      ),
    ],
    said: /which is in no scope/,
    trial: 'everything',
  },
  {
    name: 'a withdrawn scope goes with its first lock, whoever waits for it',
    changes: [
      change(
        'src/core/draft.ts',
        '!this.isInUse(scope) && this.#redefined',
        'this.holderOf(scope) === null && this.#redefined',
      ),
    ],
    said: /which is in no scope/,
    trial: 'everything',
  },
  {
    name: 'a source that cannot be seen is taken for one without scopes',
    changes: [
      change(
        'src/core/scopes.ts',
        'known > 0 && command.mayBeEmpty !== true',
        'known < 0 && command.mayBeEmpty !== true',
      ),
    ],
    said: /leaves no scope at all/,
    trial: 'everything',
  },
  {
    name: 'two owners with a clock each take the log over at every deadline, and no lease ends',
    changes: [noPatience],
    said: /stuck/,
    trial: 'twoMachines',
  },
  {
    name: 'two containers of one machine take each other for another machine',
    changes: [
      change(
        'src/service/log-time.ts',
        'if (state.clock.boot !== host.bootId) return',
        'if (state.clock.boot !== host.bootId || state.clock.host !== host.hostId) return',
      ),
      noPatience,
    ],
    said: /stuck/,
    trial: 'twoContainers',
  },
  {
    name: 'the clock of another boot ends leases early',
    changes: [
      change(
        'src/core/configuration.ts',
        "command.cause === 'first' ? [anchored] : [anchored, { kind: 'leases.rearmed' }]",
        '[anchored]',
      ),
    ],
    said: /both held/,
    trial: 'everything',
  },
  {
    name: 'a clock that is not the one of the log is read as if it were',
    changes: [
      change(
        'src/service/log-time.ts',
        'if (state.clock.boot !== host.bootId) return',
        'if (wallMs < 0) return',
      ),
    ],
    said: /both held/,
    trial: 'twoMachines',
  },
  {
    name: 'an owner that stood still renews what has run out meanwhile',
    changes: [
      change(
        'src/service/batch.ts',
        '      this.#expireDue(atMs);\n      this.#commit(Object.assign(timed(call.command, atMs), { requestId: null }));',
        '      this.#commit(Object.assign(timed(call.command, this.#time.nowMs), { requestId: null }));',
      ),
    ],
    said: /had not been ended/,
    trial: 'everything',
  },
  {
    name: 'a repeat that is older than what is remembered acts again',
    changes: [
      fewRequests,
      change(
        'src/service/writer.ts',
        'await past.find(requestIdsOf(batch.calls), replica.state)',
        'await past.find([], replica.state)',
      ),
    ],
    said: /is in the log 2 times/,
    trial: 'everything',
  },
  {
    name: 'a repeat whose first answer the log has dropped acts again',
    changes: [
      fewRequests,
      change('src/store/memory/memory-log-store.ts', 'if (id !== null) this.#log.forgotten.add(id);', ''),
    ],
    said: /is in the log 2 times/,
    trial: 'shortHistory',
  },
  {
    name: 'a ticket that could be granted waits on after the oldest one ended',
    changes: [
      change(
        'src/core/draft.ts',
        'if (waiter === this.oldest()) for (const target of waiter.targets) this.touch(target);',
        '',
      ),
    ],
    said: /could be granted, but waits/,
    trial: 'everything',
  },
  {
    name: 'whoever asks how it came to be so walks the log, and a holder that renews in time loses its lock',
    changes: [
      change(
        'src/service/history.ts',
        'foundBy(store, [[wanted]], asRevision(upTo + 1), limit)) {',
        'newestFirst(store, asRevision(upTo + 1))) {',
      ),
    ],
    said: /renewed in time lost its lock/,
    trial: 'readers',
  },
  {
    name: 'what was answered "nothing was written" is in the log, because one try went without an answer',
    changes: [
      change(
        'src/service/writer.ts',
        'const told = open ? mayBeWritten(error) : nothingWritten(error);',
        'const told = nothingWritten(error);',
      ),
    ],
    said: /is in the log, though nothing of it was said to be written/,
    trial: 'everything',
  },
  {
    name: 'on a full disk everybody waits for as long as an owner tries, and then it is not said to be full',
    changes: [
      change(
        'src/store/sqlite/failures.ts',
        "const full: Failure = {\n  code: 'DISK_FULL',\n  retryable: false,",
        "const full: Failure = {\n  code: 'IO',\n  retryable: true,",
      ),
    ],
    said: /somebody was told/,
    trial: 'fullDisk',
  },
  {
    name: 'a full disk is tried again and again before anybody is told of it',
    changes: [
      change(
        'src/store/sqlite/failures.ts',
        "const full: Failure = {\n  code: 'DISK_FULL',\n  retryable: false,",
        "const full: Failure = {\n  code: 'DISK_FULL',\n  retryable: true,",
      ),
    ],
    said: /a caller is told only after/,
    trial: 'fullDisk',
  },
  {
    name: 'a full disk is taken for a bug of the coordinator',
    changes: [
      change(
        'src/service/failures.ts',
        '  if (error instanceof StoreError) return storeFailure(error);\n',
        '',
      ),
    ],
    said: /a bug in the coordinator/,
    trial: 'fullDisk',
  },
  {
    name: 'a log that was deleted or restored from a backup gives the same numbers out again',
    changes: [change('src/service/witness.ts', 'return isEnough ? null', 'return isEnough || true ? null')],
    said: /in a log that begins anew/,
    trial: 'backup',
  },
  {
    name: 'how far the log came is known only of the time when an owner opened it',
    changes: [change('src/service/service.ts', 'this.#noteLast(newest.revision);', 'newest.revision;')],
    said: /in a log that begins anew/,
    trial: 'backup',
  },
  {
    name: 'an owner that is told to leave goes on trying to write',
    changes: [change('src/service/service.ts', '    this.#writer.hurry();\n', '')],
    said: /the owner leaves only after/,
    trial: 'fullDisk',
  },
  {
    name: 'a wait on an owner that stands still never ends',
    changes: [
      change(
        'src/client/connection.ts',
        'const stopPulse = (options.onItem === undefined ? this.#pulse : this.#streamPulse).watch();',
        'const stopPulse = () => {};',
      ),
    ],
    said: /stuck|ended after/,
    trial: 'waiting',
  },
  {
    name: 'who has waited in vain waits once more on an owner that stands still',
    changes: [
      change(
        'src/client/coordinator.ts',
        'if (wasLong || !connection.isOpen) endurance.alive(connection.aliveAtMs);',
        'if (wasLong || !connection.isOpen) endurance.alive();',
      ),
    ],
    said: /a wait on an owner that stands still ended after/,
    trial: 'waiting',
  },
  {
    name: 'a question waits for the hello of an owner that stands still as long as for a slow answer',
    changes: [
      change(
        'src/client/connection.ts',
        'const helloMaxMs = Math.min(timeoutMs, silentForMs > 0 ? stillSilentMs : silenceMaxMs);',
        'const helloMaxMs = timeoutMs;',
      ),
    ],
    said: /question on an owner that stands still ended after/,
    trial: 'waiting',
  },
  {
    name: 'a file is given to one agent while another has the whole of its scope',
    changes: [
      change(
        'src/core/queue.ts',
        'return isOthers(target === scope ? draft.claimantOf(scope) : draft.holderOf(scope));',
        'return isOthers(target === scope ? draft.claimantOf(scope) : null);',
      ),
    ],
    said: /both held/,
    trial: 'everything',
  },
  {
    name: 'a file that comes to be in another scope stays with who held it in the former',
    changes: [change('src/core/moves.ts', '    endClaims(draft, scope, path);\n', '')],
    said: /is not in scope-\d any more/,
    trial: 'everything',
  },
  {
    name: 'a slot that was given in the same revision is given again',
    changes: [
      change(
        'src/core/draft.ts',
        'if (this.holderOf(slot) === null) found.push(slot);',
        'if (this.lockOf(slot) === undefined) found.push(slot);',
      ),
    ],
    said: /#\d (under|to agent|\(agent-\d is said to hold it)/,
    trial: 'everything',
  },
  {
    name: 'the token of who waited is its place in the queue',
    changes: [
      change('src/core/locks.ts', '    token: stamp.revision,\n', '    token: ticket ?? stamp.revision,\n'),
    ],
    said: /was held after/,
    trial: 'everything',
  },
  {
    name: 'a ticket for a whole scope is starved by those who want files of it',
    changes: [
      change(
        'src/core/queue.ts',
        'if (!oldest.targets.some((target) => overlap(draft.state, target, wanted))) return false;',
        'if (!oldest.targets.includes(wanted)) return false;',
      ),
    ],
    said: /which is kept for ticket/,
    trial: 'everything',
  },
  {
    name: 'two agents that have files each wait for what the other has',
    changes: [
      change(
        'src/core/locks.ts',
        'if (stuck.has(agent.id)) {',
        'if (stuck.has(agent.id) && agent.files === 0) {',
      ),
    ],
    said: /wait for one another for ever/,
    trial: 'everything',
  },
  ...faultsOfTelling,
];
