import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram, freePort, makeCertificate, ServerFolder, startDatabase } from './database-server.ts';

/** A PostgreSQL server with an empty database, on this machine alone. */
export interface PostgresqlServer {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  /** The certificate that it shows, in PEM; null where none could be made. It is for the name `localhost`. */
  readonly certificate: string | null;
  stop(): Promise<void>;
}

function findPostgresql(): { postgres: string; initdb: string } | null {
  const root = '/usr/lib/postgresql';
  const versions = (() => {
    try {
      return readdirSync(root).sort((a, b) => Number(b) - Number(a));
    } catch {
      return [];
    }
  })();
  const folders = versions.map((version) => join(root, version, 'bin'));
  const [postgres, initdb] = [findProgram(['postgres'], folders), findProgram(['initdb'], folders)];
  return postgres && initdb ? { postgres, initdb } : null;
}

/** Why tests against PostgreSQL are skipped, or null. */
export const postgresqlMissing: string | null = findPostgresql() ? null : 'PostgreSQL is not installed here (Debian: postgresql), so its tests are skipped.';

/** Starts PostgreSQL on a free port, its files in a temporary folder. */
export async function startPostgresql(): Promise<PostgresqlServer> {
  const programs = findPostgresql();
  if (!programs) throw new Error(postgresqlMissing ?? '');
  const folder = new ServerFolder('postgresql');
  try {
    const [user, password] = ['studio', 'right: "p@ss\\word" ☃'];
    const passwordFile = join(folder.path, 'password');
    writeFileSync(passwordFile, password);
    const data = join(folder.path, 'data');
    folder.run(programs.initdb, ['-D', data, '-U', user, '-A', 'scram-sha-256', `--pwfile=${passwordFile}`, '-E', 'UTF8', '--locale=C', '--no-sync']);
    const tls = makeCertificate(folder);
    const port = await freePort();
    const options = {
      listen_addresses: '127.0.0.1',
      port: String(port),
      unix_socket_directories: '',
      fsync: 'off',
      shared_buffers: '16MB',
      max_connections: '20',
      ...(tls ? { ssl: 'on', ssl_cert_file: join(folder.path, 'server.crt'), ssl_key_file: join(folder.path, 'server.key') } : {}),
    };
    const args = Object.entries(options).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const stop = await startDatabase(folder, [programs.postgres, '-D', data, ...args], /ready to accept connections/, 'QUIT');
    const certificate = tls ? readFileSync(join(folder.path, 'server.crt'), 'utf8') : null;
    return { host: '127.0.0.1', port, user, password, database: 'postgres', certificate, stop };
  } catch (error) {
    folder.remove();
    throw error;
  }
}
