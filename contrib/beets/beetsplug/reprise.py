"""Asks Reprise before beets imports a file, and leaves out what is in the library already.

What was imported is told to Reprise, so that it counts from then on. Works with beets 1.6 and later; needs nothing but
Python. How to set it up: docs/guide/recipes.md.
"""

import base64
import json
import os
import shlex
import subprocess
import urllib.error
import urllib.request

from beets import ui
from beets.plugins import BeetsPlugin


class CouldNotAsk(Exception):
    """There is no answer; the message says why."""


class ReprisePlugin(BeetsPlugin):
    def __init__(self):
        super().__init__()
        self.config.add(
            {
                # The daemon, such as http://127.0.0.1:8945. Empty: the command is run instead.
                "url": "",
                # A file with a token of the scopes "check" and "import"; or the variable REPRISE_TOKEN.
                "token_file": "",
                "command": "reprise",
                # What is left out.
                "verdicts": ["duplicate", "exact", "upgrade"],
                # Where Reprise cannot be asked: "skip" leaves the file out, "pass" imports it.
                "on_error": "skip",
                # Say what was imported, so that it counts as known.
                "tell": True,
                # How long an answer may take.
                "seconds": 300,
            }
        )
        self.register_listener("import_task_created", self.leave_out)
        self.register_listener("import_task_files", self.tell)

    def leave_out(self, session, task):
        """An empty list drops the task; of an album only the files that are left go on."""
        items = getattr(task, "items", None) or ([task.item] if getattr(task, "item", None) else [])
        # Of what is in the beets library already, nothing is to be decided.
        if not items or getattr(session, "query", None):
            return None
        wanted = [item for item in items if self.is_wanted(item.path)]
        if len(wanted) == len(items):
            return None
        if not wanted:
            return []
        task.items = wanted
        return [task]

    def is_wanted(self, path):
        try:
            answer = self.check(path)
        except CouldNotAsk as trouble:
            passes = self.config["on_error"].as_choice(["pass", "skip"]) == "pass"
            self._log.error("{} {}: {}", "imported unasked:" if passes else "left out:", shown(path), trouble)
            return passes
        verdict, reasons = answer["verdict"], answer.get("reasons") or [""]
        if verdict not in self.config["verdicts"].as_str_seq():
            return True
        self._log.warning("left out, {}: {}: {}", verdict, shown(path), reasons[0])
        return False

    def tell(self, session, task):
        if not self.config["tell"].get(bool):
            return
        paths = [item.path for item in task.imported_items()]
        try:
            if paths:
                self.import_paths(paths)
        except CouldNotAsk as trouble:
            self._log.error("Reprise does not know yet of {}: {}", ", ".join(map(shown, paths)), trouble)

    def check(self, path):
        if self.url():
            answer = self.post("/api/v1/check", {"pathBase64": base64_of(path)})
        else:
            answer = json_of(self.run("check", [path]))
        if "verdict" not in answer:
            raise CouldNotAsk(trouble_of(answer) or "the answer is none")
        return answer

    def import_paths(self, paths):
        """Waits for the outcome, so that the next file is judged against these."""
        if self.url():
            seconds = self.config["seconds"].get(int)
            files = [{"pathBase64": base64_of(path)} for path in paths]
            self.post("/api/v1/import?wait=%d" % seconds, {"files": files})
        else:
            self.run("import", paths)

    def url(self):
        return self.config["url"].as_str().rstrip("/")

    def post(self, route, body):
        headers = {"Content-Type": "application/json", "Authorization": "Bearer " + self.token()}
        request = urllib.request.Request(self.url() + route, json.dumps(body).encode(), headers)
        try:
            with urllib.request.urlopen(request, timeout=self.config["seconds"].get(int) + 5) as response:
                return json_of(response.read())
        except urllib.error.HTTPError as error:
            raise CouldNotAsk(trouble_of(json_of(error.read())) or str(error)) from error
        except (OSError, ValueError) as error:
            raise CouldNotAsk(str(error)) from error

    def token(self):
        name = self.config["token_file"].as_str()
        if not name:
            return os.environ.get("REPRISE_TOKEN", "")
        try:
            with open(os.path.expanduser(name), encoding="ascii") as file:
                return file.read().strip()
        except (OSError, ValueError) as error:
            raise ui.UserError("reprise: the token cannot be read: %s" % error) from error

    def run(self, word, paths):
        """What the command prints. Its exit codes tell verdicts, which its lines tell, too."""
        command = [*shlex.split(self.config["command"].as_str()), "gate", word, "--json", "--", *paths]
        try:
            done = subprocess.run(command, capture_output=True, timeout=self.config["seconds"].get(int), check=False)
        except (OSError, subprocess.SubprocessError) as error:
            raise CouldNotAsk(str(error)) from error
        if not done.stdout:
            raise CouldNotAsk(done.stderr.decode(errors="replace").strip() or "the command says nothing")
        return done.stdout


def base64_of(path):
    """Names of files are bytes, and need not be text."""
    return base64.b64encode(path).decode("ascii")


def shown(path):
    return path.decode(errors="replace")


def trouble_of(answer):
    return " ".join(filter(None, (answer.get("message"), answer.get("hint"))))


def json_of(data):
    try:
        value = json.loads(data)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        return {"message": data.decode(errors="replace").strip()[:300]}
    return value
