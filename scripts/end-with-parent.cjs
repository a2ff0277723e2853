// Preloaded into what run.js starts: when run.js is gone without a word (SIGKILL), the program is told to stop, so
// that no gateway stays behind on its port. Programs further down are not run.js's children and are left alone.
if (process.channel && process.env.RUN_JS_PID === String(process.ppid)) {
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  process.channel.unref();
}
