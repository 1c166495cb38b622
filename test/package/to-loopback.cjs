// Preloaded into a function's process: what it asks of AWS over HTTPS goes, as it is, to the stand-in
// on loopback (aws.ts). So the bundle is given no address and must find AWS's own.
const http = require('node:http');
const https = require('node:https');

const { request } = https;
const agent = new http.Agent({ keepAlive: true });
const standIn = { protocol: 'http:', host: '127.0.0.1', port: process.env.STAND_IN_PORT, agent };

https.request = (options, ...rest) =>
  String(options.host).endsWith('.amazonaws.com')
    ? http.request({ ...options, ...standIn }, ...rest)
    : request(options, ...rest);
