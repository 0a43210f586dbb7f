#include "server/installation.hpp"

#include <filesystem>

#include "server/blocking_store.hpp"
#include "store/sqlite/sqlite_store.hpp"

namespace dialplane {

namespace {

constexpr std::string_view database_name = "dialplane.db";
constexpr std::string_view master_key_setting = "master_key_id";

// A new key beside data that another one sealed could open nothing of it.
result<sealer> open_seals(const server_settings& settings, installation& home) {
  const std::string path = settings.master_key_file.empty() ? home.directory.file("master.key")
                                                            : settings.master_key_file;
  TRY_ASSIGN(const auto known, read_and_wait<std::optional<std::string>>(
                                   *home.database, [](session& work) {
                                     return work.organizations().setting(master_key_setting);
                                   }));
  TRY_ASSIGN(sealer seals,
             sealer::from_key_file(path, home.random,
                                   known ? sealer::when_absent::refuse
                                         : sealer::when_absent::make));
  const std::string key = seals.key_id();
  if (known && *known != key) {
    return refused(error_code::not_configured,
                   "The master key in " + path + " is " + key + ", but the data was sealed with " +
                       *known + "; give the right file with --master-key-file.");
  }
  if (!known) {
    TRY(write_and_wait<void>(*home.database, [&key](session& work) {
      return work.organizations().put_setting(master_key_setting, key);
    }));
  }
  return seals;
}

// Begins every mark we leave at carriers; made once.
result<std::string> installation_id(store& database, random_source& random) {
  const std::string fresh = random_base62(random, 6);
  return write_and_wait<std::string>(database, [&fresh](session& work) -> result<std::string> {
    TRY_ASSIGN(auto known, work.organizations().setting("installation_id"));
    if (known) return *std::move(known);
    TRY(work.organizations().put_setting("installation_id", fresh));
    return fresh;
  });
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
  TRY_ASSIGN(made->database, open_database(made->directory, metrics));
  TRY_ASSIGN(sealer seals, open_seals(settings, *made));
  made->seals.emplace(std::move(seals));
  TRY_ASSIGN(made->id, installation_id(*made->database, made->random));
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
  options.code_lifetime = sandbox::milliseconds(settings.sandbox.code_ms);
  options.release_grace = sandbox::milliseconds(settings.sandbox.release_grace_ms);
  options.rest = sandbox::milliseconds(settings.sandbox.rest_ms);
  options.answer_timeout = sandbox::milliseconds(settings.sandbox.answer_timeout_ms);
  options.routing_at_purchase = settings.sandbox.routing_at_purchase;
  options.settling_time = sandbox::milliseconds(settings.sandbox.settling_ms);
  return sandbox::sandbox_carrier::open(std::move(options), time, random);
}

}  // namespace dialplane
