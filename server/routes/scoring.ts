import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { deflate, gzip } from 'node:zlib';
import { identify } from '../auth/guard.ts';
import { can, type Principal } from '../auth/principal.ts';
import { bearerOf } from '../auth/secrets.ts';
import { newId } from '../db/ids.ts';
import { AppError, asAppError, logUnexpected, notFound, problemOf } from '../errors.ts';
import type { Services } from '../services.ts';
import { scoringAddress, type Protocol, type ScoringAddress } from '../serving/protocols/addresses.ts';
import { azure, refuseAzure } from '../serving/protocols/azure.ts';
import { readBody } from '../serving/protocols/bodies.ts';
import type { Exchange, Reply, Serving, Target } from '../serving/protocols/exchange.ts';
import { mlflow, refuseMlflow } from '../serving/protocols/mlflow.ts';
import { modelAddress, openInference, refuseOpenInference, type Models } from '../serving/protocols/open-inference.ts';
import { ownScore } from '../serving/protocols/own.ts';
import { callerChoice } from './caller-choice.ts';
import { StatisticsBook } from '../serving/statistics.ts';
import { ANSWER_HEADERS } from '../static.ts';

/** Of a body, packed or not. */
const BODY_LIMIT = 8 * 2 ** 20;
/** A smaller answer is not worth packing. */
const PACKED_FROM = 32 * 2 ** 10;
const pack = { gzip: promisify(gzip), deflate: promisify(deflate) };
const FAST = { level: 1 };

const PLAIN_HEADERS: readonly string[] = Object.entries(ANSWER_HEADERS).flat();
const OPEN = /^\/health\/(?:live|ready)$/;

const REFUSALS: Readonly<Record<Protocol, (error: AppError, requestId: string) => Reply>> = {
  own: (error, requestId) => ({ status: error.status, type: 'application/problem+json', body: JSON.stringify(problemOf(error, requestId)) }),
  'open-inference': refuseOpenInference,
  mlflow: refuseMlflow,
  azure: refuseAzure,
};

/**
 * The door for requests that score, in front of the router: what it costs is paid thousands of times a second. It checks who asks by the same
 * rules as the guard, and beside them the endpoint's keys; it limits bodies, counts, and gives errors in the dialect of each protocol.
 */
export class ScoringDoor {
  readonly #services: Services;
  readonly #statistics = new StatisticsBook();

  constructor(services: Services) {
    this.#services = services;
  }

  /** Answers a request that scores; false when it is not one. */
  take(request: IncomingMessage, response: ServerResponse): boolean {
    const address = scoringAddress(request.method!, request.url!);
    if (!address) return false;
    void this.#answer(request, response, address);
    return true;
  }

  async #answer(request: IncomingMessage, response: ServerResponse, address: ScoringAddress): Promise<void> {
    const { log, metrics } = this.#services;
    const started = performance.now();
    const requestId = newId();
    let reply: Reply;
    let more: Readonly<Record<string, string>> = {};
    try {
      reply = await this.#reply(request, address, requestId);
    } catch (thrown) {
      const error = asAppError(thrown);
      logUnexpected(thrown, error, { requestId, method: request.method, path: request.url }, log);
      reply = REFUSALS[address.protocol](error, requestId);
      more = error.headers;
    }
    const milliseconds = performance.now() - started;
    metrics.observe(request.method!, address.route, reply.status, milliseconds);
    if (response.destroyed) return;
    const headers = [...PLAIN_HEADERS, 'content-type', reply.type, 'x-request-id', requestId, 'x-modelwright-milliseconds', milliseconds.toFixed(3)];
    for (const name in reply.headers) headers.push(name, reply.headers[name]!);
    for (const name in more) headers.push(name, more[name]!);
    const packing = typeof reply.body !== 'string' || reply.body.length >= PACKED_FROM ? packingOf(request, reply) : null;
    const body = packing ? await pack[packing](reply.body, FAST) : reply.body;
    if (packing) headers.push('content-encoding', packing);
    headers.push('content-length', String(Buffer.byteLength(body)));
    response.writeHead(reply.status, headers);
    response.end(body);
  }

  async #reply(request: IncomingMessage, address: ScoringAddress, requestId: string): Promise<Reply> {
    const { access, deployments, version, ready } = this.#services;
    const { host, authorization, cookie, origin, 'sec-fetch-site': site } = request.headers;
    const principal = identify(access, {
      method: request.method!,
      ours: true,
      host,
      authorization,
      cookie,
      origin,
      site: typeof site === 'string' ? site : undefined,
    });
    const find = (name: string): Target => this.#target(name, principal, authorization, address.protocol);
    // Before a byte of the body is read: who may not score sends nothing.
    const target = address.endpoint === null ? this.#named(address, principal, authorization, find) : find(address.endpoint);
    const body = await readBody(request, BODY_LIMIT);
    const choice = callerChoice(request.headers);
    const serving: Serving = {
      version,
      ready,
      statistics: this.#statistics,
      deployments: (of) => deployments.deploymentsOf(of),
      score: async (of, call) => {
        const began = performance.now();
        const deployment = call.deployment ?? choice.deployment;
        try {
          const answer = await deployments.score(of, { ...choice, ...call, deployment, requestId });
          this.#statistics.succeeded(of.id, answer);
          return answer;
        } catch (error) {
          if (deployment !== undefined) this.#statistics.failed(of.id, deployment, performance.now() - began);
          throw error;
        }
      },
    };
    const exchange: Exchange = { method: request.method!, path: address.path, query: address.query, headers: request.headers, body, serving };
    switch (address.protocol) {
      case 'own':
        return ownScore(exchange, target!);
      case 'mlflow':
        return mlflow(exchange, target!);
      case 'azure':
        return azure(exchange, target!);
      default:
        return openInference(exchange, target && address.endpoint !== null ? only(target) : this.#models(principal, authorization, target, find));
    }
  }

  /** Under `/v2`: the model that the address names, or nothing for those about the server. Throws 401 for who may ask neither. */
  #named({ path }: ScoringAddress, principal: Principal, authorization: string | undefined, find: (name: string) => Target): Target | null {
    const model = modelAddress(path);
    if (model) return find(model.model);
    if (principal.kind === 'anonymous' && !OPEN.test(path) && !this.#keyHolder(authorization)) throw keyMissing('/v2');
    return null;
  }

  /** The endpoint, for a caller who may score with it. Throws 401 and 404. */
  #target(name: string, principal: Principal, authorization: string | undefined, protocol: Protocol): Target {
    const { deployments } = this.#services;
    const found = deployments.at(name);
    if (principal.kind === 'anonymous') {
      const secret = bearerOf(authorization);
      if (secret === null || !found || !deployments.holdsKey(found, secret))
        throw keyMissing(protocol === 'own' ? `/api/v1/endpoints/${name}/score` : `endpoint ${name}`);
    } else if (!found || !can(principal, 'score', { kind: 'endpoint', workspaceId: found.workspaceId })) {
      throw notFound('endpoint', name);
    }
    return { id: found.id, workspaceId: found.workspaceId, name };
  }

  /** All endpoints of a caller's workspace, or the one whose key it brings. */
  #models(principal: Principal, authorization: string | undefined, target: Target | null, get: (name: string) => Target): Models {
    const { deployments } = this.#services;
    if (target) return { list: () => [target], get };
    if (principal.kind !== 'anonymous') return { list: () => deployments.records.list(principal.workspaceId, MOST_MODELS, undefined), get };
    return { list: () => this.#keyHolder(authorization) ?? [], get };
  }

  #keyHolder(authorization: string | undefined): readonly Target[] | null {
    const secret = bearerOf(authorization);
    const row = secret === null ? undefined : this.#services.deployments.records.byKey(secret);
    return row ? [row] : null;
  }
}

const MOST_MODELS = 10_000;

/** One endpoint’s own base address knows no other model. */
const only = (target: Target): Models => ({
  list: () => [target],
  get: (name) => {
    if (name !== target.name) throw new AppError(404, `There is no model "${name}" at this address; it is "${target.name}" here.`, { code: 'not_found' });
    return target;
  },
});

const keyMissing = (where: string): AppError =>
  new AppError(401, `Send one of the keys of this endpoint as "Authorization: Bearer mwe_…" to ${where}.`, {
    code: 'endpoint_key',
    headers: { 'www-authenticate': 'Bearer realm="modelwright endpoint"' },
  });

/** How the caller wants a large answer of the Open Inference Protocol packed, if at all. */
function packingOf(request: IncomingMessage, { type, body }: Reply): 'gzip' | 'deflate' | null {
  const accepted = request.headers['accept-encoding'];
  if (typeof accepted !== 'string' || body.length < PACKED_FROM || !/json|octet-stream/.test(type)) return null;
  const names = accepted.split(',').map((part) => part.trim().toLowerCase());
  return names.includes('gzip') ? 'gzip' : names.includes('deflate') ? 'deflate' : null;
}
