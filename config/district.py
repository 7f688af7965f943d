"""
A district as it is handed in: a folder of tables and shapes, or a map that says where they are
and what their columns are called. The rooms' own imports read them, all in one transaction.
"""

from chengshao.kernel.errors import Invalid, Refused

MAX_MAP_BYTES = 256 * 1024
MAX_SHAPE_BYTES = 40 * 1024 * 1024


class DistrictExists(Refused):
    code = "district_exists"


class DistrictFileMissing(Invalid):
    code = "district_file_missing"


class DistrictFileUnknown(Invalid):
    code = "district_file_unknown"


class DistrictFileTwice(Invalid):
    code = "district_file_twice"


class DistrictMapInvalid(Invalid):
    code = "district_map_invalid"
