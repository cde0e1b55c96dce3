"""A real browser without a window, driven over two pipes."""

from __future__ import annotations

import fcntl
import json
import os
import select
import shutil
import time
from pathlib import Path

BROWSER = next(filter(None, map(shutil.which, ('chromium', 'chromium-browser', 'google-chrome', 'chrome'))), None)
PATIENCE = 60
_OURS = ('file:', 'data:', 'about:', 'blob:', 'chrome:')


class Browser:
    """Chromium with an own profile; ``events`` is everything that it said unasked."""

    def __init__(self, profile: Path) -> None:
        theirs, self._out = os.pipe()
        self._in, back = os.pipe()
        options = ['--headless=new', '--no-sandbox', '--disable-gpu', '--no-first-run']
        options += ['--disable-dev-shm-usage', '--remote-debugging-pipe']
        command = [BROWSER, *options, f'--user-data-dir={profile}', 'about:blank']
        # It reads from 3 and writes to 4; numbers above keep one from closing the other.
        high = [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10) for end in (theirs, back)]
        actions = [(os.POSIX_SPAWN_DUP2, high[0], 3), (os.POSIX_SPAWN_DUP2, high[1], 4)]
        actions += [(os.POSIX_SPAWN_OPEN, number, os.devnull, os.O_WRONLY, 0) for number in (1, 2)]
        self._process = os.posix_spawn(BROWSER, command, os.environ, file_actions=actions)
        for end in (theirs, back, *high):
            os.close(end)
        self._number, self._rest, self._session = 0, b'', None
        self.events: list[dict] = []
        target = next(t for t in self.call('Target.getTargets')['targetInfos'] if t['type'] == 'page')
        attached = self.call('Target.attachToTarget', targetId=target['targetId'], flatten=True)
        self._session = attached['sessionId']
        for domain in ('Page', 'Runtime', 'Log', 'Network'):
            self.call(f'{domain}.enable')

    def call(self, method: str, **params: object) -> dict:
        """Send a command, and wait for its answer."""
        self._number += 1
        message = {'id': self._number, 'method': method, 'params': params}
        message |= {'sessionId': self._session} if self._session and not method.startswith('Browser.') else {}
        os.write(self._out, json.dumps(message).encode() + b'\0')
        while True:
            while b'\0' not in self._rest:
                ready, _, _ = select.select([self._in], [], [], PATIENCE)
                read = os.read(self._in, 1 << 16) if ready else b''
                assert read, f'the browser has gone, or said nothing for {PATIENCE} s'
                self._rest += read
            line, _, self._rest = self._rest.partition(b'\0')
            answer = json.loads(line)
            if answer.get('id') == self._number:
                assert 'error' not in answer, answer
                return answer['result']
            self.events.append(answer)

    def run(self, script: str) -> object:
        """The value of an expression on the page."""
        answer = self.call('Runtime.evaluate', expression=script, returnByValue=True, awaitPromise=True)
        assert 'exceptionDetails' not in answer, answer
        return answer['result'].get('value')

    def open(self, address: str, width: int, dark: bool = False) -> None:
        """Load a page in a window, or on a phone if it is narrow."""
        phone = width < 500
        self.call('Emulation.setDeviceMetricsOverride', width=width, height=900, deviceScaleFactor=1, mobile=phone)
        scheme = {'name': 'prefers-color-scheme', 'value': 'dark' if dark else 'light'}
        self.call('Emulation.setEmulatedMedia', features=[scheme])
        self.call('Page.navigate', url='about:blank')
        self.call('Page.navigate', url=address)
        self.wait('document.readyState === "complete"')

    def wait(self, condition: str, seconds: float = 20) -> None:
        """Until an expression is true."""
        end = time.monotonic() + seconds
        while not self.run(condition):
            assert time.monotonic() < end, f'still not: {condition}'
            time.sleep(0.02)

    def press(self, key: str) -> None:
        """A key."""
        for kind in ('keyDown', 'keyUp'):
            self.call('Input.dispatchKeyEvent', type=kind, key=key, text=key if len(key) == 1 else '')

    def complaints(self) -> list[str]:
        """Errors, warnings, and whatever was asked of a network."""
        found = []
        for event in self.events:
            method, params = event['method'], event['params']
            if method in ('Runtime.exceptionThrown', 'Log.entryAdded', 'Runtime.consoleAPICalled'):
                found.append(json.dumps(params))
            elif method == 'Network.requestWillBeSent' and not params['request']['url'].startswith(_OURS):
                found.append(params['request']['url'])
        return found

    def close(self) -> None:
        """End it."""
        self.call('Browser.close')
        os.waitpid(self._process, 0)
        os.close(self._in)
        os.close(self._out)
