import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { AwsV4Signer } from 'aws4fetch';
import { XMLParser } from 'fast-xml-parser';
import { NodeError } from '#nodes/kit/issues.ts';
import type { ConnectionTools } from '../kind.ts';
import { parseAddress, reasonOf, send, type RequestOptions } from '../request.ts';

export interface BucketSettings {
  readonly endpoint: string;
  readonly region: string;
  readonly bucket: string;
  readonly pathStyle: boolean;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export interface BucketRequest {
  readonly method: NonNullable<RequestOptions['method']>;
  /** Not encoded; empty for the bucket itself. */
  readonly key?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  readonly signal?: AbortSignal;
}

type Xml = Readonly<Record<string, unknown>>;

const ANSWER_BYTES = 32 * 2 ** 20;
const parser = new XMLParser({ parseTagValue: false, ignoreAttributes: true, isArray: (name) => ['Contents', 'CommonPrefixes'].includes(name) });

const encoded = (text: string): string => encodeURIComponent(text).replaceAll(/[!'()*]/g, (each) => `%${each.charCodeAt(0).toString(16).toUpperCase()}`);

/** Signed requests to one bucket. Redirects are not followed: they would lead to another region, and take the signature along. */
export class BucketClient {
  readonly #settings: BucketSettings;
  readonly #tools: ConnectionTools;
  readonly #base: URL;

  /** Errors: `connection_refused`, `parameter_invalid`. */
  constructor(settings: BucketSettings, tools: ConnectionTools) {
    if (!/^[\w.-]{1,255}$/.test(settings.bucket)) throw new NodeError('parameter_invalid', 'This is no name of a bucket.', { param: 'bucket' });
    this.#settings = settings;
    this.#tools = tools;
    this.#base = parseAddress(settings.endpoint.trim());
    if (!settings.pathStyle) this.#base.hostname = `${settings.bucket}.${this.#base.hostname}`;
  }

  /** The answer, whatever its status. Errors: `connection_refused`, `connection_failed`. */
  async send({ method, key = '', query = {}, body, signal = this.#tools.signal }: BucketRequest): Promise<IncomingMessage> {
    const { bucket, pathStyle } = this.#settings;
    const url = new URL(this.#base);
    const below = [...(pathStyle ? [bucket] : []), ...(key === '' ? [] : key.split('/'))];
    url.pathname = `${this.#base.pathname.replace(/\/+$/, '')}/${below.map(encoded).join('/')}`;
    url.search = Object.entries(query)
      .map(([name, value]) => `${encoded(name)}=${encoded(value)}`)
      .join('&');
    try {
      return await send(url, { method, signal, allowedHosts: this.#tools.allowedHosts, headers: await this.#signed(method, url, body), body });
    } catch (cause) {
      if (cause instanceof NodeError || signal.aborted) throw cause;
      throw new NodeError('connection_failed', `${url.host} cannot be reached: ${reasonOf(cause)}.`, { param: 'endpoint', cause });
    }
  }

  /** As `send`, for answers that have to be 200 or 204. */
  async expect(request: BucketRequest): Promise<IncomingMessage> {
    const response = await this.send(request);
    if (response.statusCode === 200 || response.statusCode === 204) return response;
    throw this.#failure(response.statusCode ?? 0, request.key ?? '', await readXml(response).catch(() => ({})));
  }

  /** The root element of the answer. */
  async xml(request: BucketRequest): Promise<Xml> {
    const answer = await readXml(await this.expect(request));
    // A long copy may fail after its 200 was sent.
    if (answer.Error) throw this.#failure(200, request.key ?? '', answer);
    return (Object.values(answer).find((value) => typeof value === 'object') ?? {}) as Xml;
  }

  #failure(status: number, key: string, answer: Xml): NodeError {
    const { Code: code, Message: message } = (answer.Error ?? {}) as Xml;
    const where = status >= 300 && status < 400 ? ' Check region and endpoint.' : '';
    const said = [code, message].filter((each) => typeof each === 'string' && each !== '').join(': ');
    const what = key === '' ? `the bucket “${this.#settings.bucket}”` : `“${key}”`;
    return new NodeError('connection_failed', `${this.#base.host} answered ${status} for ${what}${said ? `: ${said.slice(0, 300)}` : ''}.${where}`, {
      param: key === '' ? undefined : 'path',
    });
  }

  async #signed(method: string, url: URL, body: Uint8Array | undefined): Promise<Record<string, string>> {
    const { accessKeyId, secretAccessKey, region } = this.#settings;
    if (accessKeyId === '') return {};
    const headers = {
      'x-amz-content-sha256': createHash('sha256')
        .update(body ?? '')
        .digest('hex'),
    };
    const signer = new AwsV4Signer({ method, url: url.href, headers, accessKeyId, secretAccessKey, region, service: 's3' });
    return Object.fromEntries((await signer.sign()).headers);
  }
}

async function readXml(response: IncomingMessage): Promise<Xml> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of response as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes > ANSWER_BYTES) throw new NodeError('connection_failed', 'The answer is too long.');
    pieces.push(piece);
  }
  return parser.parse(Buffer.concat(pieces).toString()) as Xml;
}
