// Who is connected, live, in a browser: node docs/use-cases/connections-dashboard.mjs
import { createServer } from 'node:http';
import { receive, say } from './demo-endpoint.mjs';

const MAX_DEVICES = 10_000;
/** By PRN, the longest unchanged first. */
const devices = new Map();
const viewers = new Set();

/** Events come in any order: what is older than what is known changes nothing. */
function onEvent(event, { name }) {
  const { device, ip_address: address } = event.data.data;
  const known = devices.get(device.prn);
  if (known !== undefined && known.since > event.inserted_at) return;
  const state = name === 'device.connected' ? 'connected' : 'disconnected';
  const row = {
    prn: device.prn,
    identifier: device.identifier,
    state,
    address: address ?? null,
    since: event.inserted_at,
  };
  devices.delete(device.prn);
  devices.set(device.prn, row);
  if (devices.size > MAX_DEVICES) devices.delete(devices.keys().next().value);
  for (const viewer of viewers) viewer.write(`data: ${JSON.stringify(row)}\n\n`);
}

const PAGE = `<!doctype html>
<meta charset="utf-8" />
<title>Connections</title>
<style>
  body { font: 16px/1.5 system-ui; margin: 2rem; }
  td, th { padding: 0.25rem 1rem 0.25rem 0; text-align: left; }
  .connected { color: #0a7d32; }
  .disconnected { color: #b3261e; }
</style>
<h1><span id="count">0</span> connected</h1>
<table>
  <thead><tr><th>Device</th><th>State</th><th>Address</th><th>Since</th></tr></thead>
  <tbody></tbody>
</table>
<script>
  const rows = new Map();
  new EventSource('/live').onmessage = ({ data }) => {
    const { prn, identifier, state, address, since } = JSON.parse(data);
    const row = rows.get(prn) ?? document.createElement('tr');
    // As text: a device chooses its identifier.
    row.replaceChildren(...[identifier, state, address, since].map((text) => {
      const cell = document.createElement('td');
      cell.textContent = text;
      return cell;
    }));
    row.className = state;
    rows.set(prn, row);
    document.querySelector('tbody').prepend(row);
    document.querySelector('#count').textContent = document.querySelectorAll('tr.connected').length;
  };
</script>`;

const server = createServer((request, response) => {
  if (request.url === '/connections') {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify([...devices.values()]));
  } else if (request.url === '/live') {
    response.setHeader('content-type', 'text/event-stream');
    for (const row of devices.values()) response.write(`data: ${JSON.stringify(row)}\n\n`);
    response.flushHeaders();
    viewers.add(response);
    response.on('close', () => viewers.delete(response));
  } else {
    response.setHeader('content-type', 'text/html');
    response.end(PAGE);
  }
});
server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', async () => {
  await receive({ name: 'connections-dashboard', events: ['device.connected', 'device.disconnected'], onEvent });
  say(`Open http://127.0.0.1:${server.address().port}`);
});
