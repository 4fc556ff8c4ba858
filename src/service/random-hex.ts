import type { Chance } from '../time/index.ts';

/** 32 hexadecimal digits. Unique enough to tell requests apart; not a secret. */
export function randomHex32(chance: Chance): string {
  let text = '';
  for (let part = 0; part < 4; part += 1)
    text += Math.floor(chance() * 0x1_0000_0000)
      .toString(16)
      .padStart(8, '0');
  return text;
}
