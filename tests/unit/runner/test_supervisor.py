"""Every way in which a trial can end, for real, is a result with its reason; the next trial is untouched."""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pvengine.models.trial import Failure
from pvengine.runner import supervisor as supervisor_module
from pvengine.runner.protocol import TrialRequest
from pvengine.runner.supervisor import Supervisor

if TYPE_CHECKING:
    from conftest import RunBody, WritePlugin

pytestmark = pytest.mark.skipif(os.name != "posix", reason="workers are forked")


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def wait_for(path: Path) -> str:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if path.exists() and (text := path.read_text(encoding="ascii")).endswith("\n"):
            return text.strip()
        time.sleep(0.01)
    pytest.fail(f"{path} was not written")


def test_a_trial_measures(run_body: RunBody) -> None:
    result = run_body("trial.measure('m', trial.subject() * p.x, unit='s')", params={"x": 0.1})
    assert result.is_measured
    assert result.measurements["m"].number == 0.1
    assert result.duration_s > 0
    assert result.environment is not None
    assert result.environment.threads == 1
    assert run_body("trial.measure('m', trial.subject())", fault="first").measurements["m"].number == 2


def test_an_exception(run_body: RunBody) -> None:
    body = """
    try:
        {}["key"]
    except KeyError as error:
        raise ValueError("two\\nlines") from error
    """
    result = run_body(body)
    assert (result.failure, result.reason) == (Failure.EXCEPTION, "ValueError: two lines")
    assert result.detail is not None
    assert "KeyError: 'key'" in result.detail
    assert 'raise ValueError("two\\nlines") from error' in result.detail
    assert "plug.py" in result.detail
    assert "pvengine" not in result.detail


def test_a_long_message_and_a_deep_traceback_are_bounded(run_body: RunBody) -> None:
    result = run_body("def f(n): return f(n + 1) + f(n)\nraise ValueError('x' * 10**6)")
    assert len(result.reason or "") < 400
    assert len(result.detail or "") < 9000
    result = run_body("def f(n): return f(n + 1) + f(n)\nf(0)")
    assert (result.reason or "").startswith("RecursionError")
    assert len(result.detail or "") < 9000


def test_a_message_that_cannot_be_read(run_body: RunBody) -> None:
    body = """
    class Bad(Exception):
        def __str__(self): raise OSError
    raise Bad
    """
    assert run_body(body).reason == "Bad: (its message cannot be read)"


@pytest.mark.parametrize("body", ["while True: pass", "time.sleep(60)", "signal.pause()"])
def test_a_hang_says_where(run_body: RunBody, body: str) -> None:
    started = time.monotonic()
    result = run_body(body, seconds=0.2)
    assert (result.failure, result.reason) == (Failure.TIMEOUT, "took longer than 0.2 s")
    assert result.duration_s >= 0.2
    assert time.monotonic() - started < 10
    assert "plug.py" in (result.detail or "")
    assert "runner/worker.py" not in (result.detail or "")


def test_a_hang_that_ignores_signals(run_body: RunBody) -> None:
    body = """
    for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
        signal.signal(number, signal.SIG_IGN)
    time.sleep(60)
    """
    assert run_body(body, seconds=0.2).failure is Failure.TIMEOUT


def test_a_segfault(run_body: RunBody) -> None:
    result = run_body("ctypes.string_at(0)")
    assert (result.failure, result.reason) == (
        Failure.SIGNAL,
        f"killed by SIGSEGV ({signal.strsignal(signal.SIGSEGV)})",
    )
    assert "plug.py" in (result.detail or "")


def test_an_abort_and_a_kill(run_body: RunBody) -> None:
    assert "SIGABRT" in (run_body("os.abort()").reason or "")
    result = run_body("os.kill(os.getpid(), signal.SIGKILL)")
    assert result.failure is Failure.SIGNAL
    assert "memory runs out" in (result.reason or "")


def test_exits(run_body: RunBody) -> None:
    result = run_body("print('last words', flush=True); os._exit(3)")
    assert result.failure is Failure.EXIT
    assert result.reason == "the process exited with code 3 before it replied"
    assert result.detail == "last words"
    assert "code 0" in (run_body("os._exit(0)").reason or "")
    result = run_body("sys.exit(4)")
    assert (result.failure, result.reason) == (Failure.EXIT, "the plug-in called sys.exit(4)")


def test_the_memory_limit(run_body: RunBody) -> None:
    result = run_body("b = bytearray(500 * 1024**2)", mebibytes=100)
    assert result.failure is Failure.MEMORY
    assert (result.reason or "").startswith("more than 100 MiB of memory: MemoryError")
    result = run_body("import numpy as np\nnp.ones((500, 1024, 128))", mebibytes=100)
    assert result.failure is Failure.MEMORY
    assert run_body("b = bytearray(50 * 1024**2); trial.measure('m', len(b))", mebibytes=100).is_measured


def test_many_small_allocations(run_body: RunBody) -> None:
    result = run_body("kept = []\nwhile True: kept.append([0] * 1000)", mebibytes=64)
    assert result.failure is Failure.MEMORY


WRITE_TO_PIPES = """
    import stat
    for number in range(3, 200):
        try:
            if stat.S_ISFIFO(os.fstat(number).st_mode): {action}
        except OSError: pass
    trial.measure('m', 1)
"""


def test_garbage_in_the_reply(run_body: RunBody) -> None:
    result = run_body(WRITE_TO_PIPES.format(action="os.write(number, b'garbage')"))
    assert result.failure is Failure.REPLY
    assert (result.reason or "").startswith("the reply is not what a worker sends: Invalid JSON")


def test_a_reply_of_another_shape_and_about_another_trial(run_body: RunBody) -> None:
    result = run_body(WRITE_TO_PIPES.format(action="os.write(number, b'{\"fault\": 3}'), os.close(number)"))
    assert not result.is_measured
    result = run_body("os.write(64, b'{\"fault\": 3}'); os._exit(0)")
    assert result.failure is Failure.REPLY
    assert "fault" in (result.reason or "")
    result = run_body('os.write(64, b\'{"fault": "other"}\'); os._exit(0)')
    assert (result.failure, result.reason) == (Failure.REPLY, "the reply is about another trial: 'other'")


def test_a_truncated_reply(run_body: RunBody) -> None:
    result = run_body('os.write(64, b\'{"fault": null, "measure\'); os._exit(0)')
    assert result.failure is Failure.REPLY
    assert "EOF" in (result.reason or "")


def test_a_reply_that_is_closed_or_replaced(run_body: RunBody) -> None:
    assert not run_body(WRITE_TO_PIPES.format(action="os.close(number)")).is_measured
    body = "os.closerange(3, 200)\nkept = [open('file', 'wb') for _ in range(80)]\ntrial.measure('m', 1)"
    result = run_body(body)
    assert result.failure is Failure.EXIT


def test_a_huge_reply(run_body: RunBody) -> None:
    result = run_body("trial.measure('m', 1, population='x' * 5 * 1024**2)")
    assert result.failure is Failure.REPLY
    assert "larger than" in (result.reason or "")


@pytest.mark.parametrize("argument", ["'m', 10 ** 5000", "'\\ud800', 1", "'m', 1, unit='\\ud800'"])
def test_a_measurement_that_json_cannot_carry(run_body: RunBody, argument: str) -> None:
    assert run_body(f"trial.measure({argument})").failure is Failure.EXCEPTION


def test_a_message_that_json_cannot_carry(run_body: RunBody) -> None:
    result = run_body("raise ValueError('a\\ud800b')")
    assert (result.failure, result.reason) == (Failure.EXCEPTION, "ValueError: a\\ud800b")


@pytest.mark.parametrize("body", ["return {'m': 1}", "yield 1"])
def test_a_falsifier_returns_nothing(run_body: RunBody, body: str) -> None:
    result = run_body(body)
    assert result.failure is Failure.REPLY
    assert "trial.measure" in (result.reason or "")


def test_noise_does_not_disturb(run_body: RunBody) -> None:
    body = """
    print('{"fault": null}' * 20000)
    sys.stderr.write("noise\\n" * 20000)
    os.write(1, b"\\xff" * 10**6)
    subprocess.run(["echo", "child"], check=True)
    trial.measure('m', 1)
    """
    assert run_body(body).is_measured


def test_infinite_output_is_a_hang(run_body: RunBody) -> None:
    result = run_body("while True: print('x' * 1000)", seconds=0.3)
    assert result.failure is Failure.TIMEOUT
    assert len(result.detail or "") < 20000


@pytest.mark.parametrize(
    "leave",
    [
        "pid = os.fork()\nif pid == 0:\n    time.sleep(60); os._exit(0)",
        "pid = subprocess.Popen(['sleep', '60']).pid",
        "pid = subprocess.Popen(['sleep', '60'], start_new_session=True).pid",
    ],
)
def test_what_is_left_behind_is_killed(run_body: RunBody, tmp_path: Path, leave: str) -> None:
    note = f"\nopen({str(tmp_path / 'pid')!r}, 'w').write(f'{{pid}}\\n')\ntrial.measure('m', 1)"
    started = time.monotonic()
    assert run_body(leave + note).is_measured
    assert time.monotonic() - started < 5
    assert not is_alive(int(wait_for(tmp_path / "pid")))


def test_a_forked_child_that_returns_does_not_reply_too(run_body: RunBody) -> None:
    result = run_body("pid = os.fork()\nif pid: os.waitpid(pid, 0)\ntrial.measure('m', 1)")
    assert result.is_measured


def test_threads_that_still_run_are_ended(run_body: RunBody) -> None:
    assert run_body(
        "threading.Thread(target=time.sleep, args=(60,)).start()\ntrial.measure('m', 1)"
    ).is_measured


def test_a_trial_that_kills_its_template(run_body: RunBody) -> None:
    result = run_body("os.kill(os.getppid(), signal.SIGKILL); time.sleep(60)")
    assert (result.failure, result.reason) == (Failure.EXIT, "the worker ended before the trial did")
    assert run_body("trial.measure('m', 1)").is_measured


def test_a_template_that_was_killed_while_idle_is_replaced(run_body: RunBody, supervisor: Supervisor) -> None:
    assert run_body("trial.measure('m', 1)").is_measured
    for template in supervisor._idle:
        template.kill()
        template._process.wait()
    assert run_body("trial.measure('m', 1)").is_measured


def test_the_scratch_folder_is_empty_and_removed(run_body: RunBody, tmp_path: Path) -> None:
    body = f"""
    import tempfile
    trial.measure('files', len(os.listdir()))
    open('left', 'w').close()
    trial.measure('own', tempfile.mkdtemp().startswith(os.getcwd()) * 1)
    open({str(tmp_path / "where")!r}, 'w').write(os.getcwd() + '\\n')
    """
    result = run_body(body)
    assert {name: found.value for name, found in result.measurements.items()} == {"files": 0, "own": 1}
    assert not Path(wait_for(tmp_path / "where")).exists()


def test_the_environment_of_a_trial(run_body: RunBody, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "8")
    body = """
    import numpy as np, random, resource
    trial.measure('omp', int(os.environ['OMP_NUM_THREADS']))
    trial.measure('core', resource.getrlimit(resource.RLIMIT_CORE)[0])
    trial.measure('hash', hash('text'))
    trial.measure('global', random.random())
    trial.measure('numpy', np.random.rand())
    trial.measure('own', trial.rng.random())
    trial.measure('stdin', len(sys.stdin.read()))
    trial.measure('utf8', sys.flags.utf8_mode)
    """
    one, other = run_body(body), run_body(body)
    assert one.measurements == other.measurements
    assert [one.measurements[name].value for name in ("omp", "core", "stdin", "utf8")] == [1, 0, 0, 1]


def test_trials_do_not_see_each_other(run_body: RunBody) -> None:
    body = "import numpy as np\ntrial.measure('m', getattr(np, 'touched', 0))\nnp.touched = 1"
    assert [run_body(body).measurements["m"].value for _ in range(2)] == [0, 0]


def make_request(write_plugin: WritePlugin, body: str) -> TrialRequest:
    source = write_plugin(body)
    return TrialRequest(source.closure.modules, source.module, source.name, {}, None, 1, 256)


def test_closing_ends_running_trials(write_plugin: WritePlugin, tmp_path: Path) -> None:
    note = tmp_path / "pid"
    body = f"open({str(note)!r}, 'w').write(f'{{os.getpid()}}\\n')\ntime.sleep(60)"
    request = make_request(write_plugin, body)
    results = []
    with Supervisor() as supervisor:
        thread = threading.Thread(target=lambda: results.append(supervisor.run_trial(request, 60)))
        thread.start()
        pid = int(wait_for(note))
        supervisor.close()
        thread.join(10)
        assert [(result.failure, result.reason) for result in results] == [
            (Failure.INTERRUPTED, "interrupted")
        ]
        assert not is_alive(pid)
        assert supervisor.run_trial(request, 60).failure is Failure.INTERRUPTED
        supervisor.close()


def test_trials_run_at_the_same_time(write_plugin: WritePlugin) -> None:
    request = make_request(write_plugin, "time.sleep(0.3); trial.measure('m', 1)")
    with Supervisor() as supervisor:
        results = []
        threads = [
            threading.Thread(target=lambda: results.append(supervisor.run_trial(request, 20)))
            for _ in range(3)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [result.failure for result in results] == [None] * 3
        assert len(supervisor._idle) == 3


def test_a_worker_that_cannot_start(write_plugin: WritePlugin, monkeypatch: pytest.MonkeyPatch) -> None:
    request = make_request(write_plugin, "pass")

    def refuse() -> None:
        raise OSError(24, "Too many open files")

    with Supervisor() as supervisor:
        monkeypatch.setattr(supervisor_module, "Template", refuse)
        result = supervisor.run_trial(request, 1)
    assert result.failure is Failure.EXIT
    assert "Too many open files" in (result.reason or "")


def test_a_worker_that_dies_at_its_start_says_why(
    write_plugin: WritePlugin, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    request = make_request(write_plugin, "pass")
    (tmp_path / "pydantic.py").write_text("raise ImportError('broken installation')", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with Supervisor() as supervisor:
        result = supervisor.run_trial(request, 1)
    assert result.failure is Failure.EXIT
    assert "broken installation" in (result.detail or "")


def test_nothing_stays_behind(
    write_plugin: WritePlugin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "own").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "own"))
    descriptors = count_descriptors()
    request = make_request(write_plugin, "trial.measure('m', 1)")
    with Supervisor() as supervisor:
        for _ in range(3):
            supervisor.run_trial(request, 20)
    assert list((tmp_path / "own").iterdir()) == []
    assert count_descriptors() == descriptors


def count_descriptors() -> int:
    folder = Path("/proc/self/fd")
    return len(list(folder.iterdir())) if folder.exists() else 0
