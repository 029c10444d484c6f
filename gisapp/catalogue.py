"""Finds the layers: one file each, loaded by path."""

import importlib.util
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from gisapp.errors import NotFound
from gisapp.i18n import N_
from gisapp.layer import Layer

Catalogue = Mapping[str, Layer[Any]]


class UnknownLayer(NotFound):
    """No layer has that name."""

    code = "unknown_layer"
    message = N_("There is no layer “{name}”. There are: {names}.")


def layer_named(layers: Catalogue, name: str) -> Layer[Any]:
    """Return the layer with ``name``; raise `UnknownLayer` with the names there are."""
    if name not in layers:
        raise UnknownLayer(name=name[:80], names=list(layers))
    return layers[name]


def load(*folders: Path) -> Catalogue:
    """Run each layer file once and collect what it defines.

    Files are loaded by path, not imported by name: a wheel and a checkout keep
    them in different places, and nothing in ``gisapp`` may depend on a layer.
    """
    found: dict[str, Layer[Any]] = {}
    for folder in folders:
        for path in sorted(folder.glob("[!_]*.py")):
            layer = _layer(path)
            if layer.name in found:
                raise ValueError(f"two layers are called {layer.name}; the second is {path}")
            found[layer.name] = layer
    return MappingProxyType(found)


@cache
def _layer(path: Path) -> Layer[Any]:
    name = f"gisapp_layers.{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"cannot load {path}")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    layer = getattr(module, "LAYER", None)
    if not isinstance(layer, Layer):
        raise TypeError(f"{path} must define LAYER = Layer(...)")
    return layer
