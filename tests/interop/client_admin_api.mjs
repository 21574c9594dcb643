// npm `@shopify/admin-api-client` against the sandbox, by its `customFetchApi`.

import { createAdminApiClient } from '@shopify/admin-api-client';
import {
  STORE, STORE_TOKEN, VERSION, check, control, document, equal, toSandbox,
} from './checks.mjs';

const CLIENT = '@shopify/admin-api-client';

const client = (accessToken = STORE_TOKEN, apiVersion = VERSION) =>
  createAdminApiClient({ storeDomain: STORE, apiVersion, accessToken, customFetchApi: toSandbox });

await control('POST', 'reset');
await check(CLIENT, 'request: shop', async () => {
  const { data, errors, extensions } = await client().request(document('shop_info'));
  equal([data?.shop.myshopifyDomain, errors], [STORE, undefined]);
  return `the shop; cost ${extensions.cost.actualQueryCost}`;
});
await check(CLIENT, 'request: variants page by page', async () => {
  const ids = [];
  let after = null;
  do {
    const variables = { first: 5, after };
    const { data, errors } = await client().request(document('variants_page'), { variables });
    equal(errors, undefined);
    ids.push(...data.productVariants.nodes.map((row) => row.id));
    const { hasNextPage, endCursor } = data.productVariants.pageInfo;
    after = hasNextPage ? endCursor : null;
  } while (after);
  equal(new Set(ids).size, ids.length);
  return `${ids.length} variants, none twice`;
});
await check(CLIENT, 'request: THROTTLED, unknown token', async () => {
  await control('POST', 'faults', { action: 'throttle', platform: 'shopify', times: 1 });
  const { errors, data } = await client().request('{ shop { id } }');
  equal([errors.graphQLErrors[0].extensions.code, data], ['THROTTLED', undefined]);
  const unknown = await client('shpat_nobody').request('{ shop { id } }');
  equal(unknown.errors.networkStatusCode, 401);
  return 'THROTTLED without data, HTTP 401';
});
await check(CLIENT, 'request: a bucket that runs dry and fills again', async () => {
  await control('POST', 'config', { bucket: { maximum: 20, restore_rate: 1 } });
  const left = [];
  let throttled;
  for (let turn = 0; turn < 10 && !throttled; turn += 1) {
    const { errors, extensions } = await client().request(document('shop_info'));
    throttled = errors?.graphQLErrors?.[0];
    if (!throttled) left.push(extensions.cost.throttleStatus.currentlyAvailable);
  }
  equal([throttled?.extensions.code, left.at(-1) < 5], ['THROTTLED', true]);
  await control('POST', 'clock/advance', { seconds: 30 });
  const { data, errors } = await client().request(document('shop_info'));
  equal([data?.shop.myshopifyDomain, errors], [STORE, undefined]);
  await control('POST', 'reset');
  return `THROTTLED after ${left.length} calls, served again half a minute later`;
});
await check(CLIENT, 'fetch: the version that answers', async () => {
  const versions = [];
  for (const asked of [VERSION, '2020-01']) {
    const answer = await client(STORE_TOKEN, asked).fetch('{ shop { id } }');
    versions.push(answer.headers.get('x-shopify-api-version'));
  }
  equal(versions[0], VERSION);
  equal(versions[1] === '2020-01', false);
  return `${versions[0]}; an old one falls forward to ${versions[1]}`;
});
