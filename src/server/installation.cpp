#include "server/installation.hpp"

#include <filesystem>

#include "server/first_start.hpp"
#include "store/sqlite/sqlite_store.hpp"

namespace dialplane {

namespace {

constexpr std::string_view database_name = "dialplane.db";

result<sealer> open_seals(const server_settings& settings, const data_directory& directory,
                          random_source& random) {
  const std::string path = settings.master_key_file.empty() ? directory.file("master.key")
                                                            : settings.master_key_file;
  // A new key beside old data could open nothing of it: then the old key must be found.
  const bool has_data = std::filesystem::exists(directory.file(database_name));
  return sealer::from_key_file(
      path, random, has_data ? sealer::when_absent::refuse : sealer::when_absent::make);
}

result<std::unique_ptr<store>> open_database(const data_directory& directory,
                                             metrics_registry& metrics) {
  histogram& batches = metrics.single_histogram("dialplane_store_batch_units",
                                                "Units of work per commit.", size_buckets());
  histogram& commits =
      metrics.single_histogram("dialplane_store_commit_seconds", "Duration of commits.");
  sqlite_store_options options;
  options.path = directory.file(database_name);
  options.on_commit = [&batches, &commits](const commit_report& report) {
    batches.observe(static_cast<double>(report.units));
    commits.observe(static_cast<double>(report.commit_us) / 1e6);
  };
  return open_sqlite_store(std::move(options));
}

}  // namespace

result<std::unique_ptr<installation>> installation::open(const server_settings& settings,
                                                         metrics_registry& metrics) {
  TRY_ASSIGN(data_directory directory, data_directory::hold(settings.data_dir));
  std::unique_ptr<installation> made(new installation(std::move(directory)));
  TRY_ASSIGN(sealer seals, open_seals(settings, made->directory, made->random));
  made->seals.emplace(std::move(seals));
  TRY_ASSIGN(made->database, open_database(made->directory, metrics));
  TRY_ASSIGN(made->id, installation_id(*made->database, made->random));
  TRY(check_master_key(*made->database, *made->seals));
  return made;
}

bool installation::exists(const std::string& directory) {
  return std::filesystem::exists(directory + "/" + std::string(database_name));
}

result<std::unique_ptr<sandbox::sandbox_carrier>> installation::open_sandbox(
    const server_settings& settings) {
  sandbox::sandbox_options options;
  options.file_path = directory.file("sandbox.db");
  options.review = sandbox::milliseconds(settings.sandbox.review_ms);
  options.rest = sandbox::milliseconds(settings.sandbox.rest_ms);
  options.answer_timeout = sandbox::milliseconds(settings.sandbox.answer_timeout_ms);
  options.settling_time = sandbox::milliseconds(settings.sandbox.settling_ms);
  return sandbox::sandbox_carrier::open(std::move(options), time, random);
}

}  // namespace dialplane
