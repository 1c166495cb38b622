import { render } from 'preact';
import { announce } from './announce.ts';
import type { EngineInfo } from './api.ts';
import { App } from './app.tsx';
import { get, messageOf } from './requests.ts';
import { routeOf } from './route.ts';
import { firstOf } from './sending.ts';
import { clock, engine, presets, route, rules, tick, trying } from './state.ts';
import { followEngine } from './stream.ts';
import 'uplot/dist/uPlot.min.css';
import './style/base.css';
import './style/layout.css';
import './style/parts.css';
import './style/flow.css';
import './style/contacts-and-rules.css';
import './style/break-it.css';
import './style/figures.css';
import './style/narrow.css';

addEventListener('hashchange', () => {
  route.value = routeOf(location.hash);
});
setInterval(tick, 1_000);

const root = document.getElementById('page');
if (root) render(<App />, root);

try {
  const info = await get<EngineInfo>('engine');
  clock.value = { aheadOfBrowser: info.now - Date.now(), aheadMs: 0 };
  tick();
  rules.value = info.rules;
  presets.value = info.presets;
  const [source] = info.sources;
  trying.value = { ...trying.value, source: source?.name ?? '', type: firstOf(source?.samples) };
  engine.value = info;
  followEngine();
} catch (error) {
  announce(messageOf(error));
}
