import type { Logger } from 'pino';
import { AppError } from '../errors.ts';
import { reasonToRollBack } from './auto-rollback.ts';
import type { NewEndpointEvent } from './endpoint-events.ts';
import type { DeploymentRow, EndpointRecords } from './endpoint-records.ts';
import type { LiveEndpoint } from './live-endpoints.ts';
import { messageOf, type ProcessSet } from './process-set.ts';
import { scaledTo } from './split.ts';

export interface RollbacksParts {
  readonly records: EndpointRecords;
  readonly set: ProcessSet;
  readonly log: Logger;
  readonly now: () => number;
}

/** Goes back to deployments that did well: when asked to, or by itself from one that does badly. */
export class Rollbacks {
  readonly #parts: RollbacksParts;
  readonly #rollingBack = new Set<string>();

  constructor(parts: RollbacksParts) {
    this.#parts = parts;
  }

  /** Takes traffic away from a deployment that does badly: all of it, back to the last good one, or its part, for the others. */
  watch(endpoint: LiveEndpoint, now: number): void {
    const { autoRollback } = this.#parts.set.settings(endpoint);
    if (!autoRollback.enabled) return;
    const sharing = endpoint.deployments.filter((live) => live.row.weight > 0);
    for (const live of sharing) {
      const reason = reasonToRollBack(autoRollback, live.window.recent(now));
      if (reason === null) continue;
      const others = sharing.filter((each) => each !== live);
      if (others.length > 0) {
        const scaled = scaledTo(
          others.map((each) => each.row.weight),
          100,
        );
        this.#parts.records.setWeights(endpoint.id, new Map(others.map((each, index) => [each.row.id, scaled[index]!])), now);
        this.#parts.records.change(live.row.id, { servedUntil: null });
        this.#parts.set.followRecords(endpoint);
      } else {
        const target = this.#parts.records.lastGood(endpoint.id);
        if (!target || this.#rollingBack.has(endpoint.id)) continue;
        this.#rollingBack.add(endpoint.id);
        void this.to(endpoint, target, {
          type: 'auto_rolled_back',
          deployment: target.name,
          by: 'auto-rollback',
          message: `${live.row.name} → ${target.name}. ${reason}`,
        })
          .catch((error: unknown) => this.#parts.log.error({ err: error, endpoint: endpoint.name }, 'a rollback failed'))
          .finally(() => this.#rollingBack.delete(endpoint.id));
        return;
      }
      this.#parts.set.log(live.row, {
        type: 'auto_rolled_back',
        deployment: live.row.name,
        by: 'auto-rollback',
        message: `${live.row.name} gets no more traffic. ${reason}`,
      });
      return;
    }
  }

  /** Lets a deployment answer alone; the present ones stop, and are not gone back to. Throws 409 when it cannot be started. */
  async to(endpoint: LiveEndpoint, target: DeploymentRow, event: NewEndpointEvent): Promise<void> {
    await this.#parts.set.ensureUp([target]).catch((cause: unknown) => {
      throw new AppError(409, `The earlier deployment cannot be started: ${messageOf(cause)}`, { code: 'rollback_failed', cause });
    });
    const bad = this.#parts.records.deployments(endpoint.id).filter((each) => each.weight > 0 && each.id !== target.id);
    this.#parts.records.setWeights(endpoint.id, new Map([[target.id, 100]]), this.#parts.now());
    for (const each of bad) this.#parts.records.change(each.id, { servedUntil: null });
    this.#parts.set.followRecords(endpoint);
    this.#parts.set.log(target, event);
  }
}
