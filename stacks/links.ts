/**
 * A link tells a function where a resource is. SST would also let it do anything there (`s3:*`, `sqs:*`): wrapped anew, a link grants
 * nothing, and each function is given what it uses, in permissions.ts.
 */
export function linkWithoutGrants(): void {
  sst.Linkable.wrap(sst.aws.Bucket, ({ name }) => ({ properties: { name } }));
  sst.Linkable.wrap(sst.aws.Queue, ({ url }) => ({ properties: { url } }));
}
