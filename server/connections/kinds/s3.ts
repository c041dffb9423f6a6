import { z } from 'zod';
import * as param from '#nodes/kit/params.ts';
import { defineKind } from '../kind.ts';

/** Objects of a bucket of S3, or of what speaks like it: MinIO, Ceph, Garage, R2. */
export const s3 = defineKind({
  kind: 's3',
  title: 'S3',
  summary: 'Files in a bucket of Amazon S3 or of storage that speaks like it.',
  gives: 'files',
  writes: true,
  lists: true,
  settings: z.object({
    endpoint: param.text({
      title: 'Endpoint',
      help: 'Private addresses are refused unless the owner of this installation allows their host.',
      default: '',
      maximum: 1_000,
      placeholder: 'https://s3.eu-central-1.amazonaws.com',
    }),
    region: param.text({ title: 'Region', default: 'us-east-1', maximum: 100 }),
    bucket: param.text({ title: 'Bucket', default: '', maximum: 255, placeholder: 'data' }),
    prefix: param.text({
      title: 'Prefix',
      help: 'Only what lies below it is seen. Empty: the whole bucket.',
      default: '',
      maximum: 1_000,
      placeholder: 'team/',
    }),
    pathStyle: param.flag({ title: 'Bucket in the path', help: 'Off: the bucket is part of the host’s name.', default: true, advanced: true }),
    accessKeyId: param.text({ title: 'Access key', help: 'Empty: requests are not signed, as public buckets take them.', default: '', maximum: 500 }),
  }),
  secrets: z.object({ secretAccessKey: param.secret({ title: 'Secret access key' }) }),
  secretsGoTo: ['endpoint', 'bucket', 'pathStyle'],
  async open(settings, secrets, tools) {
    const { openBucket } = await import('../s3/open.ts');
    return openBucket({ ...settings, ...secrets }, tools);
  },
});
