import { execFileSync } from 'node:child_process';

const settings = ['user.name=bench', 'user.email=bench@example.org', 'commit.gpgSign=false'];

/** Runs Git in a folder, with an identity of its own, and outside of whatever repository or agent the benchmark was started in. */
export function git(folder: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): void {
  const identity = settings.flatMap((setting) => ['-c', setting]);
  execFileSync('git', ['-C', folder, ...identity, ...args], {
    env: { ...withoutAgent(), ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

export const withoutAgent = (): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(?:GIT_|RHEMA_)/.test(name)));
