// A data directory opened for work: held by this process, its store open and migrated, its master
// key read. What `serve` and a local command without a server have in common.
//
// Owns the files. Its owner closes the store before the loops that use it end.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/clock.hpp"
#include "base/ids.hpp"
#include "base/metrics.hpp"
#include "base/random.hpp"
#include "base/sealing.hpp"
#include "carriers/sandbox/sandbox_carrier.hpp"
#include "server/data_directory.hpp"
#include "server/settings.hpp"
#include "store/store.hpp"

namespace dialplane {

struct installation {
  // Makes what is missing. `metrics` gets the store's figures and must outlive the installation.
  static result<std::unique_ptr<installation>> open(const server_settings& settings,
                                                    metrics_registry& metrics);
  // Has a server ever been started there?
  static bool exists(const std::string& directory);

  result<std::unique_ptr<sandbox::sandbox_carrier>> open_sandbox(const server_settings& settings);

  data_directory directory;
  system_clock time;
  system_random random;
  id_generator ids;
  std::optional<sealer> seals;  // always there once open() has returned
  std::unique_ptr<store> database;
  std::string id;  // six base62 characters

 private:
  explicit installation(data_directory held) : directory(std::move(held)), ids(time, random) {}
};

}  // namespace dialplane
