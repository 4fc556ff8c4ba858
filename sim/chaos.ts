import type { Disk } from './disk.ts';
import type { Owner } from './owner.ts';
import type { Profile } from './profile.ts';
import type { Random } from './random.ts';
import type { Scheduler } from './scheduler.ts';

/** Kills owners, stops them for a while, reboots their machines, sets their clocks and troubles their disk. */
export class Chaos {
  readonly #scheduler: Scheduler;
  readonly #random: Random;
  readonly #owners: readonly Owner[];
  readonly #disk: Disk;
  readonly #profile: Profile;

  constructor(scheduler: Scheduler, random: Random, owners: readonly Owner[], disk: Disk, profile: Profile) {
    this.#scheduler = scheduler;
    this.#random = random;
    this.#owners = owners;
    this.#disk = disk;
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

  /** It is full, or not there, for longer or shorter than an owner tries to write. */
  async troubleDisk(goesOn: () => boolean): Promise<void> {
    while (await this.#sleepAbout(this.#profile.diskTroubleEveryMs, goesOn)) {
      if (this.#random.happens(0.5)) this.#disk.fill();
      else this.#disk.unplug();
      await this.#scheduler.sleep(this.#random.between(100, 8_000));
      this.#disk.mend();
    }
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
