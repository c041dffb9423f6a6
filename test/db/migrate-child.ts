// Opens a database with other migrations and says so around it; the migration tests kill it on the way.
import { openDatabase } from '#server/db/client.ts';

const [file, migrationsFolder] = process.argv.slice(2) as [string, string];
process.stdout.write('begin\n');
openDatabase(file, { migrationsFolder }).$client.close();
process.stdout.write('end\n');
