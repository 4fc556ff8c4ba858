import type { Repository as GitRepository } from '../../repository/index.ts';

/** Which repository is meant, and where it is coordinated. */
export interface Repository extends GitRepository {
  /** By `rhema serve` elsewhere, as in `http://127.0.0.1:7421`; left out: on this machine. */
  readonly server?: string;
  /** Whether `rhema login` has noted that in this clone; else `--server` or RHEMA_SERVER says it. */
  readonly isNoted?: boolean;
}
