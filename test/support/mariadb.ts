import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram, freePort, makeCertificate, ServerFolder, startDatabase } from './database-server.ts';

/** A MariaDB server with an empty database, on this machine alone. */
export interface MariadbServer {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  /** The certificate that it shows, in PEM; null where none could be made. It is for the name `localhost`. */
  readonly certificate: string | null;
  stop(): Promise<void>;
}

const server = findProgram(['mariadbd'], ['/usr/sbin', '/usr/local/sbin', '/usr/libexec']);
const installer = findProgram(['mariadb-install-db'], ['/usr/bin', '/usr/local/bin']);

/** Why tests against MariaDB are skipped, or null. */
export const mariadbMissing: string | null = server && installer ? null : 'MariaDB is not installed here (Debian: mariadb-server), so its tests are skipped.';

/** Starts MariaDB on a free port, its files in a temporary folder. The user may do anything. */
export async function startMariadb(): Promise<MariadbServer> {
  if (!server || !installer) throw new Error(mariadbMissing ?? '');
  const folder = new ServerFolder('mariadb');
  try {
    const [user, password, database] = ['studio', 'right: "p@ss\\word" ☃', 'shop'];
    const data = join(folder.path, 'data');
    folder.run(installer, ['--no-defaults', `--datadir=${data}`, '--auth-root-authentication-method=normal', '--skip-test-db', '--skip-log-bin']);
    const setUp = join(folder.path, 'set-up.sql');
    const written = password.replace(/[\\']/g, '\\$&');
    writeFileSync(
      setUp,
      `CREATE DATABASE ${database} CHARACTER SET utf8mb4;\nCREATE USER '${user}'@'%' IDENTIFIED BY '${written}';\nGRANT ALL ON *.* TO '${user}'@'%' WITH GRANT OPTION;\n`,
    );
    const tls = makeCertificate(folder);
    const port = await freePort();
    const options = {
      datadir: data,
      port: String(port),
      'bind-address': '127.0.0.1',
      socket: join(folder.path, 'socket'),
      'pid-file': join(folder.path, 'pid'),
      'init-file': setUp,
      'innodb-buffer-pool-size': '32M',
      'innodb-flush-log-at-trx-commit': '0',
      'character-set-server': 'utf8mb4',
      ...(tls ? { 'ssl-cert': join(folder.path, 'server.crt'), 'ssl-key': join(folder.path, 'server.key') } : {}),
    };
    const args = Object.entries(options).map(([name, value]) => `--${name}=${value}`);
    const stop = await startDatabase(folder, [server, '--no-defaults', '--skip-name-resolve', ...args], /ready for connections/, 'KILL');
    const certificate = tls ? readFileSync(join(folder.path, 'server.crt'), 'utf8') : null;
    return { host: '127.0.0.1', port, user, password, database, certificate, stop };
  } catch (error) {
    folder.remove();
    throw error;
  }
}
