// npm `@shopify/shopify-api` against the sandbox, by its `setAbstractFetchFunc`.

import '@shopify/shopify-api/adapters/node';
import { RequestedTokenType, Session, shopifyApi } from '@shopify/shopify-api';
import { createSHA256HMAC, setAbstractFetchFunc } from '@shopify/shopify-api/runtime';
import {
  SHOPIFY, STORE, STORE_TOKEN, VERSION, check, control, document, equal, leave, read, receive,
  redirectOf, refused, serve, toSandbox,
} from './checks.mjs';

const CLIENT = '@shopify/shopify-api';

function library(more = {}) {
  return shopifyApi({
    ...SHOPIFY,
    scopes: ['write_orders', 'read_products'],
    hostName: 'app.example.com',
    apiVersion: VERSION,
    isEmbeddedApp: false,
    logger: { level: 0, log: () => undefined },
    ...more,
  });
}

const shopify = library();

function client(token = STORE_TOKEN) {
  const session = new Session({ id: 'one', shop: STORE, state: '', isOnline: false });
  session.accessToken = token;
  return new shopify.clients.Graphql({ session });
}

const ask = async (name, variables, token) =>
  (await client(token).request(document(name), { variables })).data;

function newOrder(value) {
  const priceSet = { shopMoney: { amount: '10.00', currencyCode: 'USD' } };
  const metafield = { namespace: '$app', key: 'tiktok_order_id', type: 'id', value };
  const line = { title: 'Tee', quantity: 2, priceSet, requiresShipping: true };
  return { currency: 'USD', lineItems: [line], metafields: [metafield] };
}

async function checkGraphql() {
  let made;
  await check(CLIENT, 'clients.Graphql: shop', async () => {
    const answer = await client().request(document('shop_info'));
    equal(answer.data.shop.myshopifyDomain, STORE);
    equal(answer.extensions.cost.throttleStatus.maximumAvailable, 2000);
    return `the shop; cost ${answer.extensions.cost.actualQueryCost} of 2000`;
  });
  await check(CLIENT, 'clients.Graphql: orderCreate, orderByIdentifier', async () => {
    const definition = {
      name: 'TikTok order id', namespace: '$app', key: 'tiktok_order_id', ownerType: 'ORDER',
      type: 'id',
    };
    await ask('create_metafield_definition', { definition });
    made = (await ask('create_order', { order: newOrder('57') })).orderCreate;
    equal(made.userErrors, []);
    const customId = { namespace: '$app', key: 'tiktok_order_id', value: '57' };
    const found = await ask('find_order', { identifier: { customId }, search: 'name:none' });
    equal(found.orderByIdentifier.id, made.order.id);
    return `${made.order.name}, found by its id metafield`;
  });
  await check(CLIENT, 'clients.Graphql: user errors', async () => {
    const again = (await ask('create_order', { order: newOrder('57') })).orderCreate;
    equal([again.order, again.userErrors.length], [null, 1]);
    return `the same id refused: ${again.userErrors[0].code}`;
  });
  await check(CLIENT, 'clients.Graphql: fulfillmentCreate', async () => {
    const asked = { id: made.order.id, first: 5, lines: 50 };
    const { nodes } = (await ask('fulfillment_orders', asked)).order.fulfillmentOrders;
    const fulfillment = {
      lineItemsByFulfillmentOrder: [{ fulfillmentOrderId: nodes[0].id }],
      trackingInfo: { company: 'UPS', number: '1Z999AA10123456784' },
    };
    const done = (await ask('create_fulfillment', { fulfillment })).fulfillmentCreate;
    equal([done.userErrors, done.fulfillment.status], [[], 'SUCCESS']);
    const after = (await ask('fulfillment_orders', asked)).order.fulfillmentOrders.nodes;
    equal(after.map((row) => row.status), ['CLOSED']);
    return 'fulfilled, its fulfillment order CLOSED';
  });
}

async function checkErrors() {
  await check(CLIENT, 'clients.Graphql: THROTTLED, 429', async () => {
    const throttle = { action: 'throttle', platform: 'shopify', times: 1 };
    await control('POST', 'faults', throttle);
    const first = await refused(() => client().request('{ shop { id } }'));
    equal([first.constructor.name, first.message], ['GraphqlQueryError', 'Throttled']);
    await control('POST', 'faults', { ...throttle, status: 429, retry_after: '2.0' });
    const second = await refused(() => client().request('{ shop { id } }'));
    equal([second.constructor.name, second.response.retryAfter], ['HttpThrottlingError', 2]);
    return 'GraphqlQueryError "Throttled", HttpThrottlingError with 2 s';
  });
  await check(CLIENT, 'clients.Graphql: bad document, unknown token, locked shop', async () => {
    const bad = await refused(() => client().request('{ shop { nam } }'));
    equal(bad.body.errors.graphQLErrors[0].extensions.code, 'undefinedField');
    const unknown = await refused(() => client('shpat_nobody').request('{ shop { id } }'));
    equal([unknown.constructor.name, unknown.response.code], ['HttpResponseError', 401]);
    await control('POST', 'shopify/availability', { shop: STORE, status: 423 });
    const locked = await refused(() => client().request('{ shop { id } }'));
    await control('POST', 'shopify/availability', { shop: STORE, status: 0 });
    equal(locked.response.code, 423);
    return 'undefinedField, HTTP 401, HTTP 423';
  });
}

// What the store's admin hands to an embedded page.
async function mintSessionToken() {
  const now = Math.trunc(Date.now() / 1000);
  const parts = [
    { alg: 'HS256', typ: 'JWT' },
    {
      iss: `https://${STORE}/admin`, dest: `https://${STORE}`, aud: SHOPIFY.apiKey, sub: '42',
      exp: now + 60, nbf: now, iat: now, jti: '1', sid: '1',
    },
  ].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'));
  const mark = await createSHA256HMAC(SHOPIFY.apiSecretKey, parts.join('.'));
  return [...parts, Buffer.from(mark, 'base64').toString('base64url')].join('.');
}

// The whole authorization by the library's own begin and callback, with the browser played.
async function checkOauth() {
  const one = { shopify: undefined, session: undefined, online: false };
  const { host } = await serve(async (rawRequest, rawResponse) => {
    const given = { rawRequest, rawResponse };
    try {
      if (rawRequest.url.startsWith('/auth/callback')) {
        one.session = (await one.shopify.auth.callback({ ...given, expiring: true })).session;
        rawResponse.end('done');
      } else {
        const begin = { shop: STORE, callbackPath: '/auth/callback', isOnline: one.online };
        await one.shopify.auth.begin({ ...begin, ...given });
      }
    } catch (error) {
      rawResponse.statusCode = 500;
      rawResponse.end(error.constructor.name);
    }
  });
  one.shopify = library({ hostName: host, hostScheme: 'http' });
  const agent = { 'User-Agent': 'Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0' };

  async function browse(spoil = (url) => url) {
    const begun = await fetch(`http://${host}/auth`, { headers: agent, redirect: 'manual' });
    const cookies = begun.headers.getSetCookie().map((row) => row.split(';')[0]).join('; ');
    const asked = new URL(begun.headers.get('location'));
    const back = spoil(await redirectOf(`/shopify/${asked.host}${asked.pathname}${asked.search}`));
    return fetch(back, { headers: { ...agent, Cookie: cookies } });
  }

  await check(CLIENT, 'auth.begin, auth.callback with expiring', async () => {
    const answer = await browse();
    equal([answer.status, await answer.text()], [200, 'done']);
    equal(one.session.scope.split(',').sort(), ['read_products', 'write_orders']);
    equal(one.session.refreshToken.startsWith('shprt_'), true);
    const { data } = await client(one.session.accessToken).request('{ shop { id } }');
    equal(data.shop.id.startsWith('gid://shopify/Shop/'), true);
    return 'a session that works, with a refresh token';
  });
  await check(CLIENT, 'auth.callback of a changed redirect', async () => {
    const answer = await browse((url) => {
      url.searchParams.set('code', 'other');
      return url;
    });
    equal([answer.status, await answer.text()], [500, 'InvalidOAuthError']);
    return 'InvalidOAuthError';
  });
  await check(CLIENT, 'auth.refreshToken', async () => {
    const given = { shop: STORE, refreshToken: one.session.refreshToken };
    const { session } = await shopify.auth.refreshToken(given);
    equal(session.refreshToken === one.session.refreshToken, false);
    await client(session.accessToken).request('{ shop { id } }');
    const error = await refused(() => shopify.auth.refreshToken(given));
    equal([error.response.code, error.response.body.error], [400, 'invalid_grant']);
    return 'a new pair that works; the old one: 400 invalid_grant';
  });
  await check(CLIENT, 'auth.clientCredentials', async () => {
    const { session } = await shopify.auth.clientCredentials({ shop: STORE });
    await client(session.accessToken).request('{ shop { id } }');
    const wrong = library({ apiSecretKey: 'not-the-secret' });
    const error = await refused(() => wrong.auth.clientCredentials({ shop: STORE }));
    equal(error.response.code, 400);
    return `a token that works; a wrong secret: ${error.response.body.error}`;
  });
  await check(CLIENT, 'auth.migrateToExpiringToken', async () => {
    const query = new URLSearchParams({
      client_id: SHOPIFY.apiKey, scope: 'write_orders', state: 's',
      redirect_uri: 'https://app.example.com/auth/callback',
    });
    const back = await redirectOf(`/shopify/${STORE}/admin/oauth/authorize?${query}`);
    const answer = await toSandbox(`https://${STORE}/admin/oauth/access_token`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({
        client_id: SHOPIFY.apiKey, client_secret: SHOPIFY.apiSecretKey,
        code: back.searchParams.get('code'),
      }),
    });
    const old = (await answer.json()).access_token;
    const given = { shop: STORE, nonExpiringOfflineAccessToken: old };
    const { session } = await shopify.auth.migrateToExpiringToken(given);
    equal(session.refreshToken.startsWith('shprt_'), true);
    await client(session.accessToken).request('{ shop { id } }');
    equal((await refused(() => client(old).request('{ shop { id } }'))).response.code, 401);
    return 'an expiring pair that works; the old token is dead';
  });
  await check(CLIENT, 'auth.tokenExchange, offline and online', async () => {
    const sessionToken = await mintSessionToken();
    const exchange = (requestedTokenType) =>
      shopify.auth.tokenExchange({ shop: STORE, sessionToken, requestedTokenType, expiring: true });
    const offline = (await exchange(RequestedTokenType.OfflineAccessToken)).session;
    equal([offline.isOnline, offline.refreshToken.startsWith('shprt_')], [false, true]);
    const online = (await exchange(RequestedTokenType.OnlineAccessToken)).session;
    equal([online.isOnline, online.onlineAccessInfo.associated_user.account_owner], [true, true]);
    for (const one of [offline, online]) {
      await client(one.accessToken).request('{ shop { id } }');
    }
    return 'an expiring pair, and a token with its user; both work';
  });
  await check(CLIENT, 'auth.begin, auth.callback for one user (online)', async () => {
    one.online = true;
    const answer = await browse();
    one.online = false;
    equal([answer.status, one.session.isOnline], [200, true]);
    equal(one.session.onlineAccessInfo.associated_user.email_verified, true);
    return 'an online session with its user';
  });
  await check(CLIENT, 'utils.validateHmac of the authorize redirect', async () => {
    const query = new URLSearchParams({
      client_id: SHOPIFY.apiKey, scope: 'write_orders', state: 'a-b_c.d',
      redirect_uri: 'https://app.example.com/auth/callback',
    });
    const back = await redirectOf(`/shopify/${STORE}/admin/oauth/authorize?${query}`);
    const params = Object.fromEntries(back.searchParams);
    equal(await shopify.utils.validateHmac(params), true);
    for (const name of ['shop', 'state', 'code', 'host']) {
      equal(await shopify.utils.validateHmac({ ...params, [name]: `${params[name]}1` }), false);
    }
    return 'accepted; another shop, state, code and host refused';
  });
}

async function checkWebhooks() {
  const { hooks, url } = await receive();
  const judge = (hook, raw = hook.raw) =>
    shopify.webhooks.validate({ rawBody: raw, rawRequest: hook.request, rawResponse: {} });
  await check(CLIENT, 'webhooks.validate of the sandbox\'s webhook', async () => {
    await ask('create_webhook_subscription', { topic: 'ORDERS_CREATE', subscription: { uri: url } });
    await ask('create_order', { order: newOrder('58') });
    await control('POST', 'webhooks/settle');
    const found = await judge(hooks[0]);
    equal([found.valid, found.topic, found.domain], [true, 'ORDERS_CREATE', STORE]);
    equal([found.apiVersion, Boolean(found.webhookId), Boolean(found.eventId)], [VERSION, true, true]);
    return `${found.topic} of ${found.apiVersion}, valid`;
  });
  await check(CLIENT, 'webhooks.validate of a changed webhook', async () => {
    equal((await judge(hooks[0], `${hooks[0].raw} `)).reason, 'invalid_hmac');
    const fault = { action: 'webhook_wrong_secret', platform: 'shopify', times: 1 };
    await control('POST', 'faults', fault);
    await ask('create_order', { order: newOrder('59') });
    await control('POST', 'webhooks/settle');
    equal((await judge(hooks[1])).reason, 'invalid_hmac');
    return 'another body, another secret: invalid_hmac';
  });
  await check(CLIENT, 'webhooks.validate of what our code signs', async () => {
    const rows = read('ours').shopify_webhooks;
    for (const row of rows) {
      const headers = { ...hooks[0].request.headers, 'x-shopify-hmac-sha256': row.header };
      const rawRequest = { headers, method: 'POST', url: '/hook' };
      const { webhooks } = library({ apiSecretKey: row.secret });
      const good = await webhooks.validate({ rawBody: row.body, rawRequest, rawResponse: {} });
      const bad = await webhooks.validate({ rawBody: `${row.body} `, rawRequest, rawResponse: {} });
      equal([good.valid, bad.valid], [true, false]);
    }
    return `${rows.length} of ${rows.length} accepted, the changed ones refused`;
  });
  await check(CLIENT, 'webhooks.register', async () => {
    shopify.webhooks.addHandlers({
      ORDERS_UPDATED: [{ deliveryMethod: 'http', callbackUrl: '/hooks/orders' }],
    });
    const session = new Session({ id: 'one', shop: STORE, state: '', isOnline: false });
    session.accessToken = STORE_TOKEN;
    const first = await shopify.webhooks.register({ session });
    equal(first.ORDERS_UPDATED.map((row) => [row.success, row.operation]), [[true, 'create']]);
    const again = await shopify.webhooks.register({ session });
    equal(again.ORDERS_UPDATED, []);
    const other = library();
    other.webhooks.addHandlers({
      ORDERS_UPDATED: [
        { deliveryMethod: 'http', callbackUrl: '/hooks/orders', includeFields: ['id'] },
      ],
    });
    const third = await other.webhooks.register({ session });
    equal(third.ORDERS_UPDATED.map((row) => [row.success, row.operation]), [[true, 'update']]);
    const gone = library();
    gone.webhooks.addHandlers({ ORDERS_UPDATED: [{ deliveryMethod: 'http', callbackUrl: '/x' }] });
    const last = await gone.webhooks.register({ session });
    const done = last.ORDERS_UPDATED.map((row) => [row.success, row.operation]);
    equal(done, [[true, 'create'], [true, 'delete']]);
    return 'created, left alone, changed, replaced';
  });
}

async function checkNames() {
  await check(CLIENT, 'utils.sanitizeShop, and the names our code takes', async () => {
    const { shops } = read('ours');
    for (const { given, taken } of shops) {
      equal([given, shopify.utils.sanitizeShop(given) !== null], [given, taken]);
    }
    const taken = shops.filter((row) => row.taken).length;
    return `${taken} taken and ${shops.length - taken} refused by both`;
  });
}

// Webhooks signed by this library, for our code to judge.
async function signWebhooks() {
  const webhooks = [];
  for (const [number, row] of read('ours').shopify_webhooks.entries()) {
    const secret = `shpss_${number}`;
    webhooks.push({ secret, body: row.body, header: await createSHA256HMAC(secret, row.body) });
  }
  leave('@shopify-shopify-api', { webhooks });
}

setAbstractFetchFunc(toSandbox);
await control('POST', 'reset');
await checkGraphql();
await checkErrors();
await checkOauth();
await checkWebhooks();
await checkNames();
await signWebhooks();
