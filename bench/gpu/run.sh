#!/bin/sh
# Measures how fast this machine's graphics card trains the lesson's models, on a bare x86-64 Linux: no Node, no network.
#
#   bench/gpu/run.sh FILE.tar.xz   in the repository, where Node and npm are: packs all that is needed into one archive
#   ./run.sh                       in the folder unpacked from it: the compute ladder, then the table of bench/training
#   ./run.sh --check               the ladder alone, a few seconds
#   ./run.sh --quick               with small data, under a minute; a software adapter is measured too
#
# VK_DRIVER_FILES names the driver's manifest where it lies elsewhere than usual. The figures are kept in results.json.
set -eu
case $0 in */*) here=${0%/*} ;; *) here=. ;; esac
here=$(CDPATH='' cd -- "$here" && pwd)

if [ ! -x "$here/bin/node" ]; then
  cd "$here/../.."
  exec node --import tsx bench/gpu/pack.ts "$@"
fi

# The first of the files that is there.
first() {
  for file in "$@"; do
    if [ -e "$file" ]; then
      echo "$file"
      return
    fi
  done
}

libraries=${LD_LIBRARY_PATH:-}
# The machine's own libraries know its driver best; ours stand in where there are none.
if [ -z "$(first /usr/lib/x86_64-linux-gnu/libvulkan.so.1 /usr/lib64/libvulkan.so.1 /usr/lib/libvulkan.so.1)" ]; then
  libraries=${libraries:+$libraries:}$here/lib/vulkan
fi
dawn=$here/packages/node_modules/webgpu/dist/linux-x64/dawn.node
case $("$here/bin/node" -e 'require(process.argv[1]); console.log("it loads")' "$dawn" 2>&1) in
  *'it loads') ;;
  *) libraries=${libraries:+$libraries:}$here/lib/cxx ;;
esac
if [ -n "$libraries" ]; then
  LD_LIBRARY_PATH=$libraries
  export LD_LIBRARY_PATH
fi

# Where images of machines in a data centre keep it, and the Vulkan loader does not look.
elsewhere=$(first /usr/local/nvidia/share/vulkan/icd.d/*.json)
if [ -z "${VK_DRIVER_FILES:-}" ] && [ -n "$elsewhere" ]; then
  VK_DRIVER_FILES=$elsewhere
  export VK_DRIVER_FILES
fi

EMBEDSCOPE_GPU_PACKAGES=$here/packages
XDG_RUNTIME_DIR=${XDG_RUNTIME_DIR:-/tmp}
export EMBEDSCOPE_GPU_PACKAGES XDG_RUNTIME_DIR
if [ -d "$here/data" ]; then
  MOVIELENS=$here/data
  export MOVIELENS
fi
exec "$here/bin/node" "$here/app/main.mjs" --out "$here/results.json" "$@"
