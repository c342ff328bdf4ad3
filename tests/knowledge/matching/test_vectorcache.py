"""Vectors are worked out once; whatever happens to the file, the answers stay the same."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from knowledge.errors import EncoderError
from knowledge.matching.encoder import Encoder, Vectors
from knowledge.matching.vectorcache import VectorCache

TEXTS = ["why does the river flood", "trout", "who is ada marsh", "trout"]


@pytest.fixture
def encoded(encoder: Encoder, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that the encoder was really given."""
    seen: list[str] = []
    encode = encoder.encode

    def recording(texts: Sequence[str], *, threads: int = 1) -> Vectors:
        seen.extend(texts)
        return encode(texts, threads=threads)

    monkeypatch.setattr(encoder, "encode", recording)
    return seen


def vector_file(folder: Path) -> Path:
    (path,) = folder.glob("vectors-*.npz")
    return path


def near(one: Vectors, other: Vectors) -> bool:
    return one.shape == other.shape and bool((one * other).sum(1).min(initial=1.0) > 0.99)


def test_a_second_start_encodes_nothing(tmp_path: Path, encoder: Encoder, encoded: list[str]) -> None:
    first = VectorCache(tmp_path).encode(encoder, TEXTS)
    assert sorted(encoded) == sorted(set(TEXTS))
    encoded.clear()
    assert np.array_equal(VectorCache(tmp_path).encode(encoder, TEXTS), first)
    assert encoded == []


def test_kept_vectors_are_those_of_the_encoder(tmp_path: Path, encoder: Encoder) -> None:
    assert near(VectorCache(tmp_path).encode(encoder, TEXTS), encoder.encode(TEXTS))


def test_only_what_is_new_is_encoded_and_what_is_gone_is_dropped(
    tmp_path: Path, encoder: Encoder, encoded: list[str]
) -> None:
    VectorCache(tmp_path).encode(encoder, TEXTS)
    encoded.clear()
    VectorCache(tmp_path).encode(encoder, ["trout", "a new one"])
    assert encoded == ["a new one"]
    with np.load(vector_file(tmp_path)) as stored:
        assert len(stored["keys"]) == 2


def truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-200])


def flipped(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(data)


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def replaced_by_text(path: Path) -> None:
    path.write_text("this is somebody else's file")


def replaced_by_an_array(path: Path) -> None:
    with path.open("wb") as file:
        np.save(file, np.zeros(3))


def replaced_by_other_names(path: Path) -> None:
    np.savez(path, other=np.zeros(3))


def replaced_by_the_other_kind(path: Path) -> None:
    np.savez(path, key=np.array("x"), array=np.zeros((3, 3), np.float32))


def replaced_by_other_shapes(path: Path) -> None:
    np.savez(path, keys=np.array(["a", "b"]), vectors=np.zeros((2, 7), np.float16))


def replaced_by_a_bare_key(path: Path) -> None:
    np.savez(path, keys=np.array("a"), vectors=np.zeros((1, 384), np.float16))


def replaced_by_objects(path: Path) -> None:
    np.savez(path, keys=np.array([{"a": 1}], object), vectors=np.zeros((1, 384), np.float16))


def made_infinite(path: Path) -> None:
    with np.load(path) as stored:
        keys, vectors = stored["keys"], stored["vectors"]
    vectors[0, 0] = np.nan
    np.savez(path, keys=keys, vectors=vectors)


@pytest.mark.parametrize(
    "harm",
    [
        truncated,
        flipped,
        emptied,
        replaced_by_text,
        replaced_by_an_array,
        replaced_by_other_names,
        replaced_by_the_other_kind,
        replaced_by_other_shapes,
        replaced_by_a_bare_key,
        replaced_by_objects,
        made_infinite,
    ],
)
def test_an_unusable_file_is_made_anew(
    tmp_path: Path, encoder: Encoder, encoded: list[str], harm: Callable[[Path], None]
) -> None:
    first = VectorCache(tmp_path).encode(encoder, TEXTS)
    harm(vector_file(tmp_path))
    encoded.clear()
    assert np.array_equal(VectorCache(tmp_path).encode(encoder, TEXTS), first)
    assert sorted(encoded) == sorted(set(TEXTS))
    encoded.clear()
    assert np.array_equal(VectorCache(tmp_path).encode(encoder, TEXTS), first)
    assert encoded == []
    assert len(list(tmp_path.iterdir())) == 1


def test_a_folder_that_cannot_be_written_costs_only_time(tmp_path: Path, encoder: Encoder) -> None:
    (tmp_path / "file").write_text("in the way")
    cache = VectorCache(tmp_path / "file" / "cache")
    for _ in range(2):
        assert near(cache.encode(encoder, TEXTS), encoder.encode(TEXTS))
        assert cache.remembered("sums", "a", (2,), lambda: np.ones(2, np.float32)).tolist() == [1.0, 1.0]


def test_a_read_only_folder_costs_only_time(encoder: Encoder, read_only_folder: Path) -> None:
    assert near(VectorCache(read_only_folder).encode(encoder, TEXTS), encoder.encode(TEXTS))


def test_a_folder_where_the_file_should_be_costs_only_time(tmp_path: Path, encoder: Encoder) -> None:
    (tmp_path / f"vectors-{encoder.fingerprint[:16]}.npz").mkdir()
    assert near(VectorCache(tmp_path).encode(encoder, TEXTS), encoder.encode(TEXTS))
    assert [path.suffix for path in tmp_path.iterdir()] == [".npz"]


def test_stopping_gives_up_what_is_left_to_encode(tmp_path: Path, encoder: Encoder) -> None:
    cache = VectorCache(tmp_path)
    cache.encode(encoder, TEXTS)
    cache.stop()
    with pytest.raises(EncoderError, match=r"stopping.*at the next start"):
        cache.encode(encoder, [*TEXTS, "a new one"])
    assert cache.encode(encoder, TEXTS).shape == (4, 384)


def test_no_texts(tmp_path: Path, encoder: Encoder) -> None:
    assert VectorCache(tmp_path).encode(encoder, []).shape == (0, 384)


class Sum:
    """Something worth remembering that counts how often it is worked out."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> Vectors:
        self.times += 1
        return np.full((2, 3), self.times, np.float32)


def test_an_array_is_worked_out_once_for_a_key(tmp_path: Path) -> None:
    work = Sum()
    first = VectorCache(tmp_path).remembered("sums", "a", (2, 3), work)
    assert np.array_equal(VectorCache(tmp_path).remembered("sums", "a", (2, 3), work), first)
    assert work.times == 1
    assert VectorCache(tmp_path).remembered("sums", "b", (2, 3), work)[0, 0] == 2
    assert VectorCache(tmp_path).remembered("sums", "a", (2, 3), work)[0, 0] == 3


@pytest.mark.parametrize(
    "harm", [truncated, emptied, replaced_by_text, replaced_by_other_shapes, replaced_by_other_names]
)
def test_an_unusable_array_is_worked_out_anew(tmp_path: Path, harm: Callable[[Path], None]) -> None:
    work = Sum()
    VectorCache(tmp_path).remembered("sums", "a", (2, 3), work)
    harm(tmp_path / "sums.npz")
    VectorCache(tmp_path).remembered("sums", "a", (2, 3), work)
    assert work.times == 2
    VectorCache(tmp_path).remembered("sums", "a", (2, 3), work)
    assert work.times == 2
