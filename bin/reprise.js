#!/usr/bin/env node
// The launcher. Plain old JavaScript, so that any Node can read it: where the host's Node is
// too old, the product starts again under the Node 24 that it carries as an optional dependency.
var NEEDED = 24;
var path = require('path');
var entry = path.join(__dirname, '..', 'dist', 'program', 'cli.js');

function carriedNode() {
  try {
    var manifest = require.resolve('node-' + process.platform + '-' + process.arch + '/package.json');
    return path.join(path.dirname(manifest), 'bin', 'node');
  } catch (absent) {
    return undefined;
  }
}

function startUnder(node) {
  // Arguments that are not UTF-8 do not survive as strings: the product reads them from this process.
  var env = Object.assign({}, process.env, { REPRISE_LAUNCHER: String(process.pid) });
  var child = require('child_process').spawn(node, [entry].concat(process.argv.slice(2)), {
    stdio: 'inherit',
    env: env,
  });
  // The product decides when it ends. A terminal sends Ctrl-C to both, and the product takes the echo for one.
  ['SIGINT', 'SIGTERM', 'SIGHUP'].forEach(function (signal) {
    process.on(signal, function () {
      child.kill(signal);
    });
  });
  child.on('error', function (error) {
    console.error('reprise: the Node that it carries could not be started: ' + error.message);
    process.exit(7);
  });
  child.on('exit', function (code, signal) {
    if (signal) {
      process.removeAllListeners(signal);
      process.kill(process.pid, signal);
    } else process.exit(code);
  });
}

if (Number(process.versions.node.split('.')[0]) >= NEEDED) {
  import('file://' + entry);
} else {
  var node = carriedNode();
  if (node) startUnder(node);
  else {
    console.error(
      'reprise needs Node ' +
        NEEDED +
        ' or newer; this is Node ' +
        process.versions.node +
        '. Install it from your system or nodejs.org.',
    );
    process.exit(6);
  }
}
