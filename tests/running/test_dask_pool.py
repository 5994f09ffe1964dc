"""Steps on a real cluster: a scheduler and worker processes on loopback."""

from __future__ import annotations

import os
import signal
import socket
import sys
from collections.abc import Iterator
from concurrent.futures import Executor
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from dandifile.errors import Exit, UserError
from dandifile.model import GIVEN_UP, Result, Status, Step
from dandifile.run.dask_pool import WorkerPatience, _cluster_error, package_versions, run_step
from dandifile.run.engines import find_engine
from dandifile.run.execute import Perform, execute
from dandifile.run.processes import Supervision
from dandifile.session.session import Session
from dandifile.terminal.failures import start_logs
from tests.conftest import CONTACT, Lab
from tests.kinds.test_contract import zarr
from tests.running.cluster import busy_worker, cluster, dying_once, overlapping, where
from tests.running.test_processes import crashing, sleeping
from tests.survey.lab import write, write_nwb

pytest.importorskip("distributed", reason="the extra `dask` is not installed")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with cluster(tmp_path_factory.mktemp("cluster"), workers=3) as found:
        yield found


@pytest.fixture
def threads(address: str) -> Iterator[Executor]:
    """Steps in the workers' own processes."""
    with find_engine(f"dask://{address}")("threads", 8) as made:
        yield made


@pytest.fixture
def pool(address: str) -> Iterator[Executor]:
    with find_engine(f"dask://{address}")("processes", 8) as made:
        yield made


def run(pool: Executor, perform: Perform, *steps: Step) -> list[Result]:
    results = execute(steps, perform, pool, lambda step, result: None)
    return [results[step.id] for step in steps]


def test_steps_run_in_other_processes_and_get_their_inputs(pool: Executor) -> None:
    first, second = run(pool, where, Step("a", "k", {}), Step("b", "k", {}, needs=("a",)))
    assert (first.status, second.status) == (Status.DONE, Status.DONE)
    assert first.output["pid"] != os.getpid()
    assert second.output["inputs"] == {"a": first.output}


def test_what_is_wrong_with_a_step_comes_back_in_its_words(pool: Executor) -> None:
    [result] = run(pool, where, Step("a", "k", {"fail": True}))
    assert (result.status, result.error) == (Status.FAILED, "it cannot be read (mend it)")


def test_a_worker_that_lacks_the_file_says_so_by_name_and_host(pool: Executor, tmp_path: Path) -> None:
    missing = str(tmp_path / "not there.nwb")
    [result] = run(pool, where, Step("a", "k", {"path": missing}))
    assert result.status is Status.FAILED
    assert missing in result.error
    assert socket.gethostname() in result.error


def test_a_worker_that_dies_has_its_step_done_by_another(threads: Executor, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    [result] = run(threads, dying_once, Step("a", "k", {"mark": str(mark)}))
    assert result.status is Status.DONE, result.error
    assert result.output != int(mark.read_text("utf-8"))


@pytest.mark.parametrize("kind", ["threads", "processes"])
def test_a_step_that_hangs_is_given_up_and_the_others_are_done(address: str, kind: str) -> None:
    terms = Supervision(lambda step: 2.0 if step.params["seconds"] else 60.0)
    steps = (Step(f"s{n}", "k", {"seconds": 600 if n == 1 else 0}) for n in range(4))
    with find_engine(f"dask://{address}")(kind, 8, terms) as pool:
        results = run(pool, sleeping, *steps)
    assert [result.status is Status.DONE for result in results] == [True, False, True, True]
    assert (results[1].reason, "longer than 2 s" in results[1].error) == (GIVEN_UP, True)


def test_a_step_that_crashes_costs_no_worker(pool: Executor) -> None:
    crashed, fine = run(pool, crashing, Step("a", "k", {"crash": True}), Step("b", "k", {}))
    assert (crashed.status, crashed.reason, fine.status) == (Status.FAILED, GIVEN_UP, Status.DONE)
    assert "crashed" in crashed.error


def test_steps_that_need_a_process_of_their_own_do_not_share_one_at_a_time(pool: Executor) -> None:
    """The workers have two threads each; what the packages do to a process is not safe in both."""
    results = run(pool, overlapping, *(Step(f"s{n}", "k", {}) for n in range(8)))
    spans: dict[int, list[tuple[float, float]]] = {}
    for result in results:
        spans.setdefault(result.output["pid"], []).append((result.output["began"], result.output["ended"]))
    assert all(a[1] <= b[0] for each in spans.values() for a, b in pairwise(sorted(each)))


def test_what_was_not_begun_is_cancelled(pool: Executor) -> None:
    futures = [pool.submit(overlapping, Step(f"s{n}", "k", {}), {}) for n in range(100)]
    assert all(future.cancel() for future in futures[50:])
    assert all(future.cancelled() for future in futures[50:])
    assert futures[0].result(timeout=60)["pid"]


# --- The whole tool on a cluster ------------------------------------------------------------------


SPEC = f"description: d\nlicense: CC-BY-4.0\n{CONTACT}\npaths: [{{source: data, standard: any}}]\n"
ZARRS = SPEC.replace("{source: data, standard: any}", "data")
FILES = {f"{name}.csv": name * 9 for name in "abcd"}


def test_apply_hashes_and_uploads_on_the_workers_with_the_key_that_they_have(
    lab: Lab, tmp_path: Path
) -> None:
    lab.spec(SPEC)
    lab.files(FILES)
    with cluster(tmp_path / "cluster", 1, lab.environ) as address:
        ran = lab.run("apply", "--create", "--yes", "--executor", f"dask://{address}")
    assert ran.code == Exit.DONE, ran.out + ran.err
    assert {path: asset["size"] for path, asset in lab.assets().items()} == dict.fromkeys(FILES, 9)
    assert lab.run("plan", "--detailed-exitcode").code == Exit.DONE
    log = (tmp_path / "cluster" / "log").read_bytes()
    assert lab.archive.key.encode() not in log


def test_workers_without_a_key_upload_nothing_and_say_which_they_need(lab: Lab, tmp_path: Path) -> None:
    lab.spec(SPEC)
    lab.files(FILES)
    variable = next(iter(lab.environ))
    with cluster(tmp_path / "cluster", 1, {variable: ""}) as address:
        ran = lab.run("apply", "--create", "--yes", "--executor", f"dask://{address}")
    assert ran.code == Exit.FAILED
    assert "no API key" in " ".join(ran.out.split())
    assert lab.assets() == {}


def test_a_zarr_is_sent_by_the_workers_in_parts_and_finalized_once(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dandifile.archive.zarr._URLS", 4)
    lab.spec(ZARRS)
    lab.files(zarr("x.zarr", *"abcdefghij"))
    told: list[int] = []
    with cluster(tmp_path / "cluster", 2, lab.environ) as address:
        on_cluster = ("--executor", f"dask://{address}")
        apply = Session.apply
        monkeypatch.setattr(
            Session, "apply", lambda *about, sent, **how: apply(*about, sent=told.append, **how)
        )
        ran = lab.run("apply", "--create", "--yes", *on_cluster)
        assert ran.code == Exit.DONE, ran.out + ran.err
        counts = lab.archive.counts()
        size = sum(len(text) for text in zarr("x.zarr", *"abcdefghij").values())
        assert (sum(told), len(told)) == (size, 3)
        assert counts["PUT", "/objects/zarr/{id}"] == 12
        assert counts["POST", "/api/zarr/{id}/files/"] == 3
        assert counts["POST", "/api/zarr/{id}/finalize/"] == 1
        assert "No changes" in lab.run("plan", *on_cluster).out
        lab.files({"x.zarr/a/3": "other"})
        (lab.folder / "data" / "x.zarr" / "a" / "9").unlink()
        lab.archive.reset_counts()
        assert lab.run("apply", "--yes", *on_cluster).code == Exit.DONE
        assert lab.archive.counts()["PUT", "/objects/zarr/{id}"] == 1
        assert "No changes" in lab.run("plan").out
    assert lab.archive.key.encode() not in (tmp_path / "cluster" / "log").read_bytes()


def test_a_worker_killed_while_it_sends_a_zarr_has_its_part_sent_by_another(lab: Lab, tmp_path: Path) -> None:
    lab.spec(ZARRS)
    lab.files(zarr("x.zarr", *"abcdef"))
    with cluster(tmp_path / "cluster", 2, lab.environ) as address:
        lab.archive.misbehave(method="PUT", route="/objects/zarr/", stall=True, skip=3, times=1)
        process = lab.start("apply", "--create", "--yes", "--executor", f"dask://{address}")
        assert lab.archive.stalled(60)
        os.kill(busy_worker(address), signal.SIGKILL)
        assert process.wait(120) == Exit.DONE
    assert lab.assets()["x.zarr"]["size"] == sum(map(len, zarr("x.zarr", *"abcdef").values()))
    assert len(lab.get("/zarr/?dandiset=000001")["results"]) == 1
    assert "No changes" in lab.run("plan").out


def test_workers_that_lack_a_file_of_a_zarr_say_so_by_name_and_a_rerun_goes_on(
    lab: Lab, tmp_path: Path
) -> None:
    """Here a path that the workers see otherwise: the folder without one of its files."""
    lab.spec(ZARRS)
    lab.files(zarr("x.zarr", *"abc"))
    folder = tmp_path / "there" / "data" / "x.zarr"
    (folder / "a").mkdir(parents=True)
    (folder / ".zgroup").touch()
    params = {"do": "send-part", "source": "data/x.zarr", "zarr": "z", "files": [["a/1", 1, "0" * 32]]}
    told = run_step(task(step=vars(Step("a", "assets", {**params, "path": str(folder)}))))
    assert f"{folder / 'a' / '1'} does not exist" in told["error"]["what"]
    assert socket.gethostname() in told["error"]["what"]

    with cluster(tmp_path / "cluster", 1, dict.fromkeys(lab.environ, "")) as address:
        ran = lab.run("apply", "--create", "--yes", "--executor", f"dask://{address}")
    assert (ran.code, lab.assets()) == (Exit.FAILED, {})
    assert lab.run("apply", "--yes").code == Exit.DONE
    assert len(lab.get("/zarr/?dandiset=000001")["results"]) == 1
    assert "No changes" in lab.run("plan").out


def test_validate_runs_on_the_workers(lab: Lab, tmp_path: Path) -> None:
    lab.spec("paths: [raw]\n")
    write_nwb(lab.folder / "raw" / "good.nwb")
    write_nwb(lab.folder / "raw" / "bad.nwb", {"species": "mouse"}, session_id="s2")
    write(lab.folder / "raw" / "x.zarr" / ".zgroup", "{")
    with cluster(tmp_path / "cluster", 1) as address:
        ran = lab.run("validate", "--executor", f"dask://{address}")
    assert ran.code == Exit.BLOCKED, ran.err
    assert "check_subject_species_form" in ran.out
    assert "zarr.cannot_open" in ran.out
    assert lab.run("validate").out == ran.out
    assert "ray://x is not known" in lab.run("validate", "--executor", "ray://x").err


def test_the_key_is_in_nothing_that_is_sent(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """All that goes to a worker is one task; a Secret could not even be pickled."""
    import json

    from dandifile.archive.credentials import Secret
    from dandifile.archive.instance import Instance
    from dandifile.archive.writer import Writer
    from dandifile.planning.kind import StepContext
    from dandifile.run.cluster_uploads import _with_places, upload_from_here
    from dandifile.run.processes import task_json
    from dandifile.run.state import MemoryCache

    instance = Instance.with_name("x", lab.archive.web_url, lab.archive.api_url)
    writer = Writer(instance, Secret(lab.archive.key), "000001", MemoryCache())
    file = {"do": "upload", "source": "a.csv", "size": 1, "digest": "d-1"}
    part = {"do": "send-part", "source": "a.zarr", "zarr": "z", "files": [["0", 1, "0" * 32]]}
    for params in (file, part):
        sent = _with_places(Step("1", "assets", params), StepContext(writer, lab.folder, lab.folder))
        assert lab.archive.key not in json.dumps(task_json(upload_from_here, sent, {}))


# --- What can be wrong ------------------------------------------------------------------------------


def test_without_the_package_it_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(UserError) as raised:
        find_engine("dask://127.0.0.1:1")("threads", 1)
    assert "dandifile[dask]" in raised.value.fix


@pytest.mark.parametrize(
    "name", ["dask://127.0.0.1:9", "dask://", "dask://127.0.0.1", "dask://nowhere.invalid:8786"]
)
def test_a_scheduler_that_does_not_answer_is_told(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dandifile.run.dask_pool._CONNECT", 0.5)
    with pytest.raises(UserError, match="scheduler"):
        find_engine(name)("threads", 1)


def test_a_cluster_without_workers_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dandifile.run.dask_pool._FIRST_WORKER", 0.2)
    with cluster(tmp_path, workers=0) as address, pytest.raises(UserError, match="no workers"):
        find_engine(f"dask://{address}")("threads", 1)


def test_a_cluster_that_has_lost_all_workers_is_not_waited_for_without_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("dandifile.run.dask_pool.PATIENCE", WorkerPatience(look=0.1, shown=0.2, ends=1.0))
    start_logs()
    with cluster(tmp_path / "cluster", 1) as address, find_engine(f"dask://{address}")("threads", 1) as pool:
        [first] = run(pool, dying_once, Step("a", "k", {"mark": str(tmp_path / "a")}))
        [next_one] = run(pool, where, Step("b", "k", {}))
    assert (first.status, next_one.status) == (Status.FAILED, Status.FAILED)
    assert "no workers for" in first.error
    assert "no workers for" in next_one.error
    assert capsys.readouterr().err.count("waiting for new ones") == 1


def test_an_engine_that_is_not_known_is_told() -> None:
    with pytest.raises(UserError, match="ray://x"):
        find_engine("ray://x")


def task(**changes: Any) -> dict[str, Any]:
    step = vars(Step("a", "k", {}))
    made = {
        "function": "tests.running.cluster:where",
        "step": step,
        "inputs": {},
        "alone": False,
        "seconds": None,
    }
    return {**made, "versions": dict(package_versions()), **changes}


def test_a_worker_with_other_versions_does_nothing() -> None:
    """Results are remembered under the versions here: another's would be wrong for good."""
    assert "output" in run_step(task())
    told = run_step(task(versions={**package_versions(), "pynwb": "0.0.1"}))
    assert "not 0.0.1" in told["error"]["what"]
    assert told["error"]["fix"]


def test_a_step_that_dask_gives_up_fails_and_the_pool_goes_on(tmp_path: Path) -> None:
    once = {"DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "0"}
    with (
        cluster(tmp_path / "cluster", 2, once) as address,
        find_engine(f"dask://{address}")("threads", 2) as pool,
    ):
        [dead] = run(pool, dying_once, Step("a", "k", {"mark": str(tmp_path / "a")}))
        [alive] = run(pool, where, Step("b", "k", {}))
    assert (dead.status, alive.status) == (Status.FAILED, Status.DONE)
    assert "died" in dead.error


def test_workers_without_dandifile_are_told_apart_from_a_bug() -> None:
    told = _cluster_error(ModuleNotFoundError("No module named 'dandifile'", name="dandifile"))
    assert isinstance(told, UserError)
    bug = ModuleNotFoundError("No module named 'x'", name="x")
    assert _cluster_error(bug) is bug
