import type { Owner } from './owner.ts';
import type { Profile } from './profile.ts';
import type { Random } from './random.ts';
import type { Scheduler } from './scheduler.ts';

/** Kills owners, stops them for a while, reboots their machines and sets their clocks. */
export class Chaos {
  readonly #scheduler: Scheduler;
  readonly #random: Random;
  readonly #owners: readonly Owner[];
  readonly #profile: Profile;

  constructor(scheduler: Scheduler, random: Random, owners: readonly Owner[], profile: Profile) {
    this.#scheduler = scheduler;
    this.#random = random;
    this.#owners = owners;
    this.#profile = profile;
  }

  async killOwners(goesOn: () => boolean): Promise<void> {
    while (await this.#sleepAbout(this.#profile.ownerDiesEveryMs, goesOn)) {
      const victim = this.#random.pick(this.#owners);
      const dead = this.#random.happens(0.3) ? this.#rebootMachineOf(victim) : [victim];
      for (const owner of dead) owner.kill();
      await this.#scheduler.sleep(this.#random.between(0, 1_000));
      await Promise.all(dead.map((owner) => owner.start()));
    }
  }

  async freezeOwners(goesOn: () => boolean): Promise<void> {
    while (await this.#sleepAbout(this.#profile.ownerFreezesEveryMs, goesOn))
      this.#random.pick(this.#owners).freeze(this.#random.between(100, 10_000));
  }

  async jumpClocks(goesOn: () => boolean): Promise<void> {
    while (await this.#sleepAbout(this.#profile.clockJumpsEveryMs, goesOn))
      this.#random.pick(this.#owners).machine.jump(this.#random.between(-60_000, 60_000));
  }

  #rebootMachineOf(owner: Owner): Owner[] {
    const dead = this.#owners.filter((other) => other.machine === owner.machine);
    for (const other of dead) other.kill();
    owner.machine.reboot();
    return dead;
  }

  async #sleepAbout(meanMs: number, goesOn: () => boolean): Promise<boolean> {
    await this.#scheduler.sleep(this.#random.between(1, 2 * meanMs));
    return goesOn();
  }
}
