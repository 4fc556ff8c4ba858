import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import xterm from '@xterm/headless';

const helper = fileURLToPath(new URL('./screen.py', import.meta.url));

export interface ScreenOptions {
  readonly command: readonly string[];
  readonly rows: number;
  readonly columns: number;
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
}

/** A command on a terminal, and what a person sees there: an emulator has drawn what the command wrote. */
export interface SeenScreen {
  /** The lines that are seen now, without blanks at their ends. */
  lines(): readonly string[];
  /** Waits until what is seen is as wished; fails with what was seen instead when that takes too long. */
  until(wish: RegExp | ((text: string) => boolean)): Promise<string>;
  type(keys: string): void;
  resize(rows: number, columns: number): void;
  /** To all that are in the foreground. */
  signal(name: NodeJS.Signals): void;
  /** Whether it is drawn on a screen of its own, behind which the shell's waits. */
  isOwnScreen(): boolean;
  /** All that was written, as it was. */
  written(): string;
  close(): Promise<void>;
}

const patienceMs = 60_000;

export function openScreen({ command, rows, columns, cwd, env }: ScreenOptions): SeenScreen {
  const emulator = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true });
  const child = spawn('python3', [helper, String(rows), String(columns), ...command], {
    cwd,
    env,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const heard: string[] = [];
  const listeners = new Set<() => void>();
  child.stdout.on('data', (data: Buffer) => {
    heard.push(data.toString('latin1'));
    emulator.write(data, () => {
      for (const listener of listeners) listener();
    });
  });
  const order = (what: object): void => void child.stdin.write(`${JSON.stringify(what)}\n`);
  const lines = (): readonly string[] => {
    const { active } = emulator.buffer;
    return Array.from({ length: emulator.rows }, (_, row) =>
      (active.getLine(active.viewportY + row)?.translateToString(true) ?? '').trimEnd(),
    );
  };
  return {
    lines,
    until: (wish) => {
      const isSo = (): boolean =>
        typeof wish === 'function' ? wish(lines().join('\n')) : wish.test(lines().join('\n'));
      return new Promise((resolve, reject) => {
        const over = (finish: () => void): void => {
          clearTimeout(timer);
          listeners.delete(look);
          finish();
        };
        const look = (): void => {
          if (isSo()) over(() => resolve(lines().join('\n')));
        };
        const timer = setTimeout(
          () => over(() => reject(new Error(`not seen: ${String(wish)}\n${lines().join('\n')}`))),
          patienceMs,
        );
        listeners.add(look);
        look();
      });
    },
    type: (keys) => order({ keys }),
    resize: (toRows, toColumns) => {
      emulator.resize(toColumns, toRows);
      order({ size: [toRows, toColumns] });
    },
    signal: (signal) => order({ signal }),
    isOwnScreen: () => emulator.buffer.active.type === 'alternate',
    written: () => heard.join(''),
    close: async () => {
      const ended = once(child, 'exit');
      child.stdin.end();
      await ended;
      emulator.dispose();
    },
  };
}
