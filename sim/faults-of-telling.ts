/** What agents are told, and what is found wrong: messages, notices, violations. */
import { change, type Fault } from './fault.ts';

export const faultsOfTelling: readonly Fault[] = [
  {
    name: 'a message that was read is told again',
    changes: [
      change(
        'src/core/messages.ts',
        'inbox.unread.splice(0, event.messages.length)',
        'inbox.unread.slice(0, event.messages.length)',
      ),
    ],
    said: /which it has been told before/,
    trial: 'everything',
  },
  {
    name: 'a message that was not read before the owner started anew is lost',
    changes: [
      change(
        'src/core/snapshot.ts',
        '    ...stored,\n  };',
        '    ...stored,\n    inbox: emptyInbox(),\n  };',
      ),
    ],
    said: /are lost|unread messages, of which/,
    trial: 'everything',
  },
  {
    name: 'a process that goes on is told again what its predecessor was told',
    changes: [
      change(
        'src/participant/joining.ts',
        'const wentOn = { ...session, secret: newSecret };',
        'const wentOn = { agent: session.agent, epoch: session.epoch, secret: newSecret };',
      ),
    ],
    said: /was told twice of/,
    trial: 'everything',
  },
  {
    name: 'who loses a file because it is in another scope now is not told',
    changes: [
      change(
        'src/core/notice.ts',
        "['released', 'completed', 'left']",
        "['released', 'completed', 'left', 'moved']",
      ),
    ],
    said: /was not told of the loss/,
    trial: 'everything',
  },
  {
    name: 'what is found wrong once more begins a second time',
    changes: [
      change(
        'src/core/violations.ts',
        'if (openViolations.has(violationKey(command)))',
        'if (openViolations.size < 0)',
      ),
    ],
    said: /began while it was open/,
    trial: 'everything',
  },
  {
    name: 'who holds a file is not told what is wrong with its scope',
    changes: [
      change(
        'src/core/notices-of-state.ts',
        'return lock.file === undefined || file === undefined || lock.file === file;',
        'return lock.file === file;',
      ),
    ],
    said: /was not told that .* breaks a rule/,
    trial: 'everything',
  },
];
