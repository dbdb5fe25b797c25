"""A scanner that is configured sees every file: a real clamd where it is installed, else one that speaks its protocol."""

from __future__ import annotations

import io
import shutil
import socket
import socketserver
import struct
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.storage import default_storage

from portico.access.scope import ScopeError, scope
from portico.kit.errors import InvalidError
from portico.sharing.files.actions import share_file
from portico.sharing.files.models import SharedFile
from portico.sharing.files.scanning import ScannerAwayError, scan
from portico.testing.people import World
from portico.testing.ports import free_port

# Put together here, so that a scanner on a developer's machine does not take this file away.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
CLAMD = shutil.which("clamd")


class Stand(socketserver.BaseRequestHandler):
    """Speaks clamd's INSTREAM: chunks with their length, an empty one at the end, then the verdict."""

    def handle(self) -> None:
        stream = self.request.makefile("rb")
        assert stream.read(10) == b"zINSTREAM\x00"
        content = b""
        while size := struct.unpack("!L", stream.read(4))[0]:
            content += stream.read(size)
        found = b"Eicar-Test-Signature FOUND" if EICAR in content else b"OK"
        self.request.sendall(b"stream: " + found + b"\x00")


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _real(folder: Path) -> Iterator[str]:
    """Clamd with a database of one signature, so that it starts at once and needs no download."""
    assert CLAMD is not None
    port = free_port()
    signatures = folder / "signatures"
    signatures.mkdir()
    (signatures / "test.ndb").write_text(f"Eicar-Test-Signature:0:*:{EICAR.hex()}\n")
    configuration = folder / "clamd.conf"
    configuration.write_text(
        f"DatabaseDirectory {signatures}\nTCPSocket {port}\nTCPAddr 127.0.0.1\nForeground yes\n"
        f"TemporaryDirectory {folder}\nUser {Path(folder).owner()}\n"
    )
    process = subprocess.Popen(
        [CLAMD, "--config-file", str(configuration)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        for _each in range(600):
            if _answers(port):
                break
            assert process.poll() is None, "clamd did not start"
            time.sleep(0.05)
        yield f"tcp://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=60)


def _stand_in() -> Iterator[str]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Stand) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"tcp://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@pytest.fixture(scope="module", params=["clamd", "its protocol"] if CLAMD else ["its protocol"])
def clamd(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A scanner's address."""
    yield from _real(tmp_path_factory.mktemp("clamd")) if request.param == "clamd" else _stand_in()


@pytest.fixture
def scanner(clamd: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The scanner is configured."""
    monkeypatch.setattr(settings, "CLAMD_URL", clamd)


@pytest.mark.usefixtures("scanner")
def test_a_clean_file_is_taken_and_says_so(world: World) -> None:
    file = share_file(
        actor=world.maya,
        customer_id=world.greenleaf.pk,
        name="a.pdf",
        content=io.BytesIO(b"%PDF-1.4 " + b"clean " * 100_000),
    )
    assert file.scanned


@pytest.mark.usefixtures("scanner")
def test_eicar_is_refused_and_nothing_of_it_is_kept(world: World) -> None:
    with pytest.raises(InvalidError, match=r"“eicar\.txt” was not taken: the virus scanner found"):
        share_file(
            actor=world.maya, customer_id=world.greenleaf.pk, name="eicar.txt", content=io.BytesIO(EICAR)
        )
    with scope(world.olive):
        assert not SharedFile.objects.filter(customer=world.greenleaf).exists()
    assert not default_storage.exists(f"shared/{world.organisation.pk}")


def test_without_its_scanner_nothing_is_taken(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "CLAMD_URL", f"tcp://127.0.0.1:{free_port()}")
    with pytest.raises(ScannerAwayError, match="cannot be checked for viruses just now"):
        share_file(
            actor=world.maya, customer_id=world.greenleaf.pk, name="a.txt", content=io.BytesIO(b"hello")
        )


def test_where_none_is_configured_files_are_taken_unscanned() -> None:
    assert scan(io.BytesIO(b"hello"), "a.txt") is False


@pytest.mark.usefixtures("scanner")
def test_the_scanner_is_never_asked_inside_a_transaction(world: World) -> None:
    with scope(world.maya), pytest.raises(ScopeError):
        scan(io.BytesIO(b"hello"), "a.txt")
