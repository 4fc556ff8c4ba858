import { duration } from '../wording/index.ts';

/** A length of time in so few letters that it fits a narrow column, and changes no oftener than it is looked at. */
export function roughly(ms: number): string {
  const whole = Math.max(0, ms);
  const unit = whole < minuteMs ? 1_000 : whole < roughFromMs ? minuteMs : hourMs;
  return duration(whole - (whole % unit));
}

const minuteMs = 60_000;
const hourMs = 3_600_000;
const roughFromMs = 10 * hourMs;
