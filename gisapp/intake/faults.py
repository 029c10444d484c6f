"""What can be wrong with a file as a whole, and with one of its rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Final, Self

from gisapp.errors import InvalidInput
from gisapp.i18n import N_, Sentence


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to say about one line of the file."""

    line: int
    code: str
    message: Sentence


def placed(one: Finding, file: str, layer: str) -> Sentence:
    """Say a finding with where it is: file, layer where the file has any, and line."""
    if not one.line:
        return Sentence(N_("“{file}”: {message}"), {"file": file, "message": one.message})
    message = N_("“{file}”, line {line}: {message}")
    if layer:
        message = N_("“{file}”, layer {layer}, line {line}: {message}")
    fields = {"file": file, "layer": layer, "line": one.line, "message": one.message}
    return Sentence(message, fields)


class FileFault(InvalidInput):
    """Nothing of the file is stored; mend it and bring it again."""

    code = "file_fault"
    message = N_("“{file}” cannot be read.")
    mendable: ClassVar[bool] = False
    """Whether another choice, or another try, can do away with it; else it ends with the file."""
    reasons: ClassVar[Mapping[str, str]] = {}
    """Whole sentences by a short name, so that the reader can say which over its pipe."""

    @classmethod
    def because(cls, reason: str, **fields: object) -> Self:
        """Name the reason; ``{reason}`` of the message becomes its sentence."""
        return cls(reason=Sentence(cls.reasons[reason], dict(fields)), **fields)


class FileType(FileFault):
    """The name says nothing we read."""

    code = "file_type"
    message = N_(
        "“{file}” is none of .gpkg .geojson .geojsonl .kml .csv .tsv (each also .gz), .xlsx, or a "
        "Shapefile as .zip. Save it in one of these formats."
    )


class FileForeign(FileFault):
    """A format that people bring and that we do not read."""

    code = "file_foreign"
    message = N_("“{file}” cannot be read here. {reason}")
    reasons: ClassVar[Mapping[str, str]] = {
        "shapefile": N_(
            "Pack the .shp with its .dbf, .shx, .prj and .cpg into one .zip and bring that."
        ),
        "workbook": N_("Open it and save it as .xlsx."),
        "map": N_("Export its layers as .gpkg, .geojson or a Shapefile in a .zip."),
        "kmz": N_("Unpack it, and bring the .kml that lies in it."),
    }


SAID: Final = {
    "gpkg": "GeoPackage",
    "geojson": "GeoJSON",
    "geojsonseq": "GeoJSONSeq",
    "kml": "KML",
    "csv": "CSV",
    "xlsx": "Excel (.xlsx)",
    "shp": "Shapefile (.zip)",
}
"""How a format is called in sentences."""


class TypeMismatch(FileFault):
    """The content is not what the name says."""

    code = "type_mismatch"
    message = N_("“{file}” does not hold {format} as its name says. Save it again in that format.")


class FileTooLarge(FileFault):
    """The file is over the limit."""

    code = "file_too_large"
    message = N_("“{file}” has {size} MB; the limit is {limit} MB. Split it.")


class FileEmpty(FileFault):
    """There is nothing in it."""

    code = "file_empty"
    message = N_("“{file}” is empty. Export it again, or choose another file.")


class ArchiveLimit(FileFault):
    """What comes out of the archive is too much."""

    code = "archive_limit"
    message = N_("“{file}” is not unpacked: {reason}.")
    reasons: ClassVar[Mapping[str, str]] = {
        "size": N_("it unpacks to more than {limit} MB; split it"),
        "ratio": N_("it unpacks to more than {limit} times its size; pack it anew, or split it"),
        "entries": N_("it holds more than {limit} files; pack only the layers"),
        "zip64": N_("it is packed for more than 4 GB; pack it as a plain .zip"),
        "overlap": N_("its files share bytes; pack it anew"),
        "secret": N_("it asks for a password; pack it without one"),
        "method": N_("it is packed in an uncommon way; pack it as a plain .zip"),
        "nested": N_("it holds another archive, “{name}”; bring that one by itself"),
    }


class ArchivePath(FileFault):
    """A name in the archive points somewhere else."""

    code = "archive_path"
    message = N_("“{file}” is not unpacked: {reason}. Pack the files anew, without folders.")
    reasons: ClassVar[Mapping[str, str]] = {
        "path": N_("the name “{name}” points out of it"),
        "link": N_("“{name}” is a link and no file"),
        "twice": N_("two files are called “{name}”"),
    }


class ArchiveContent(FileFault):
    """The archive is sound, but holds no Shapefile, or half of one."""

    code = "archive_content"
    message = N_("“{file}”: {reason}.")
    reasons: ClassVar[Mapping[str, str]] = {
        "none": N_("it holds no .shp; only Shapefiles may come as .zip, all else as it is"),
        "part": N_("“{name}” lacks its .{part}; pack both"),
    }


class ArchiveBroken(FileFault):
    """The archive cannot be unpacked to its end."""

    code = "archive_broken"
    message = N_("“{file}” is a damaged archive. Pack it again.")


class GpkgSchema(FileFault):
    """A GeoPackage holds more than tables of features."""

    code = "gpkg_schema"
    message = N_("“{file}” is no plain GeoPackage: {reason}. Export its layers to a new file.")
    reasons: ClassVar[Mapping[str, str]] = {
        "broken": N_("its pages are damaged"),
        "tables": N_("its list of layers is missing"),
        "virtual": N_("it holds the virtual table “{name}”"),
        "view": N_("it holds the view “{name}”"),
        "trigger": N_("it holds the foreign trigger “{name}”"),
        "computed": N_("its column “{name}” is computed while it is read"),
        "extension": N_("it needs the extension “{name}”"),
    }


class JsonFault(FileFault):
    """A GeoJSON file is no strict JSON, or no GeoJSON."""

    code = "json"
    message = N_("“{file}” is no valid GeoJSON: {reason}. Export it again.")
    reasons: ClassVar[Mapping[str, str]] = {
        "syntax": N_("it ends or breaks off at character {place}"),
        "encoding": N_("it is not UTF-8"),
        "depth": N_("its brackets nest deeper than {limit}"),
        "number": N_("it holds the number {name}"),
        "twice": N_("the key “{name}” stands twice in one object"),
        "collection": N_("it is no collection of features"),
        "feature": N_("feature {place} is none"),
    }


class ShapeAlone(FileFault):
    """A GeoJSON file is one shape, with no row that it belongs to."""

    code = "shape_alone"
    message = N_(
        "“{file}” is one {shape} alone, without a code or a name. "
        "Bring it as a feature that has them as its properties."
    )


class XmlFault(FileFault):
    """XML that is broken, or holds what we never read."""

    code = "xml"
    message = N_("“{file}” holds XML that cannot be read: {reason}. Export it again.")
    reasons: ClassVar[Mapping[str, str]] = {
        "syntax": N_("it breaks off or is no XML at line {line}"),
        "doctype": N_("it brings a document type or entities of its own"),
        "depth": N_("its tags nest deeper than {limit}"),
        "encoding": N_("it is not in the encoding that it names"),
        "link": N_("it fetches from elsewhere (“{name}”)"),
    }


class XlsxLimit(FileFault):
    """A workbook that is more than a table."""

    code = "xlsx_limit"
    mendable = True
    message = N_("“{file}” cannot be read as a table: {reason}.")
    reasons: ClassVar[Mapping[str, str]] = {
        "rows": N_("it has more than {limit} rows; split it"),
        "columns": N_("it has a cell beyond column {limit}, in line {line}; delete that column"),
        "cell": N_("line {line} has a cell of more than {limit} characters; shorten it"),
        "sheets": N_("it has more than {limit} sheets; split it"),
        "part": N_("its part “{name}” is missing or damaged; save it again as .xlsx"),
        "links": N_("it takes values from other files; paste its values into a new file"),
        "macros": N_("it holds programs; save it as a plain .xlsx"),
        "header": N_("it has no line of column names; put it first"),
        "twice": N_("two columns are called “{name}”; rename one"),
    }


class ShapefileFault(FileFault):
    """A Shapefile whose files do not say the same."""

    code = "shapefile"
    message = N_("“{file}” is a damaged Shapefile: {reason}. Export it again.")
    reasons: ClassVar[Mapping[str, str]] = {
        "header": N_("the .{part} does not begin as one"),
        "length": N_("the .{part} is shorter than it says"),
        "count": N_("the .shp has {shapes} shapes, the .dbf {rows} rows"),
        "record": N_("shape {line} is longer than it can be"),
    }


class TableFault(FileFault):
    """A CSV file is no table."""

    code = "table"
    mendable = True
    message = N_("“{file}” cannot be read as a table: {reason}.")
    reasons: ClassVar[Mapping[str, str]] = {
        "encoding": N_("it is neither UTF-8 nor GB18030; name its encoding in a profile"),
        "unknown_encoding": N_("there is no encoding “{name}”; write UTF-8 or GB18030, say"),
        "quotes": N_(
            "its quotation marks do not close or a character is not text (line {line}); "
            "save it again as CSV"
        ),
        "twice": N_("two columns are called “{name}”; rename one"),
        "header": N_("it has no line of column names; put it first"),
        "columns": N_("it has more than {limit} columns; delete some"),
        "cell": N_("line {line} has a cell of more than {limit} characters; shorten it"),
    }


class LayerUnknown(FileFault):
    """The file has several layers, or not the one asked for."""

    code = "layer_unknown"
    mendable = True
    message = N_("“{file}” has the layers {layers}. Name one with --layer.")


class NoLayers(FileFault):
    """A layer was asked for in a file of one table."""

    code = "no_layers"
    mendable = True
    message = N_("“{file}” has no layers, so none is called “{layer}”. Leave out --layer.")


class TooManyRows(FileFault):
    """The file has more rows or layers than one import takes."""

    code = "too_many_rows"
    mendable = True
    message = N_("“{file}” has more than {limit} rows or layers. Split it.")


class GeometryDepth(FileFault):
    """Shapes inside shapes inside shapes."""

    code = "geometry_depth"
    message = N_("“{file}”, line {line}: shapes nest deeper than {limit}. Export plain polygons.")


class GeometryLimit(FileFault):
    """More vertices than one shape or one file may have."""

    code = "geometry_limit"
    mendable = True
    message = N_("“{file}”, line {line}: more than {limit} vertices. Simplify or split the shapes.")


class GeometryCost(FileFault):
    """Outlines that cross themselves so often that checking or mending them never ends."""

    code = "geometry_cost"
    mendable = True
    message = N_(
        "“{file}”, line {line}: to check and repair the outlines up to this one takes more than "
        "{limit} s. Draw it anew, or simplify it."
    )


class LostFeatures(FileFault):
    """The reader gave fewer rows than the file itself counts."""

    code = "lost_features"
    mendable = True
    message = N_("“{file}” counts {counted} rows, {given} could be read. Export it again.")


class ReaderFailed(FileFault):
    """The reader gave up: too much work, or a file made to break it."""

    code = "reader_failed"
    mendable = True
    message = N_("“{file}” could not be read within the limits of time and memory. Split it.")


class CrsUnknown(FileFault):
    """Nobody says in which system the coordinates are."""

    code = "crs_unknown"
    mendable = True
    message = N_(
        "“{file}” does not say in which system its coordinates are (it says “{said}”). "
        "Name it with --crs: EPSG:nnnn, gcj02 or bd09. "
        "`gisapp import --propose` tries which of them fit the grids."
    )


class CrsUnsure(FileFault):
    """A system that can only be brought to ours with parameters we do not have."""

    code = "crs_unsure"
    mendable = True
    message = N_(
        "“{file}”: {crs} cannot be converted exactly without local parameters; "
        "it would be wrong by up to 100 m. Convert it to CGCS2000 (EPSG:4490) first."
    )


class NotDegrees(FileFault):
    """Coordinates that are no degrees, though degrees were declared."""

    code = "not_degrees"
    mendable = True
    message = N_(
        "“{file}”, line {line}: {x}, {y} are no degrees, though {crs} was declared. "
        "Name the right system with --crs."
    )


class ColumnMissing(FileFault):
    """A column the profile names or the kind needs is not there."""

    code = "column_missing"
    mendable = True
    message = N_(
        "“{file}”, layer {layer}: the column “{column}” is missing. There are: {columns}. "
        "Add it, or map it in a profile."
    )


class NeedsShapes(FileFault):
    """Areas and grids need outlines, and a table has none."""

    code = "needs_shapes"
    mendable = True
    message = N_(
        "“{file}” is a table without outlines. Bring {kind} as .gpkg, .geojson or a Shapefile."
    )


class ResidentData(FileFault):
    """Data on private residents: not stored, not shown, not even here."""

    code = "resident_data"
    message = N_(
        "“{file}”: line {line}, column “{column}” holds data on private residents. "
        "Delete the column and bring the file again; nothing was kept."
    )


PIPED: Final[Mapping[str, type[FileFault]]] = {
    fault.code: fault
    for fault in (
        ArchiveBroken,
        ArchiveLimit,
        ArchivePath,
        XmlFault,
        XlsxLimit,
        ShapefileFault,
        GpkgSchema,
        JsonFault,
        ShapeAlone,
        TableFault,
        LayerUnknown,
        TooManyRows,
        TypeMismatch,
        GeometryDepth,
        GeometryLimit,
        GeometryCost,
        ColumnMissing,
        CrsUnknown,
    )
}
"""What the reader may answer over its pipe."""
