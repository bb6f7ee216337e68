package io.botwatch.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.botwatch.document.Section;
import io.botwatch.document.YamlDocument;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A Flink cluster of processes of their own, on the loopback interface: ZooKeeper, one JobManager, some TaskManagers. It runs
 * with flink-conf/config.yaml as shipped, but for addresses, folders, sizes and short waits; jobs are submitted with Flink's
 * own command line.
 */
final class FlinkCluster implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(180);
    private static final Pattern SUBMITTED = Pattern.compile("Job has been submitted with JobID ([0-9a-f]{32})");
    private static final Pattern SAVEPOINT = Pattern.compile("Savepoint completed. Path: (\\S+)");
    private static final List<String> OPENS = List.of(
            "--add-exports=java.rmi/sun.rmi.registry=ALL-UNNAMED",
            "--add-opens=java.base/java.lang=ALL-UNNAMED",
            "--add-opens=java.base/java.net=ALL-UNNAMED",
            "--add-opens=java.base/java.io=ALL-UNNAMED",
            "--add-opens=java.base/java.nio=ALL-UNNAMED",
            "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
            "--add-opens=java.base/java.lang.reflect=ALL-UNNAMED",
            "--add-opens=java.base/java.text=ALL-UNNAMED",
            "--add-opens=java.base/java.time=ALL-UNNAMED",
            "--add-opens=java.base/java.util=ALL-UNNAMED",
            "--add-opens=java.base/java.util.concurrent=ALL-UNNAMED",
            "--add-opens=java.base/java.util.concurrent.atomic=ALL-UNNAMED",
            "--add-opens=java.base/java.util.concurrent.locks=ALL-UNNAMED");

    private final Path folder;
    private final int restPort = Ports.free();
    private final HttpClient http = HttpClient.newHttpClient();
    private final ObjectMapper json = new ObjectMapper();
    private final JavaProcess zooKeeper;
    private final Map<String, JavaProcess> taskManagers = new TreeMap<>();
    private JavaProcess jobManager;
    private int commands;

    /**
     * @param checkpoints where checkpoints and the JobManager's metadata are kept
     * @param slots of each TaskManager
     */
    FlinkCluster(Path folder, Path checkpoints, int slots) throws Exception {
        this.folder = Files.createDirectories(folder);
        int zooKeeperPort = Ports.free();
        Files.writeString(
                folder.resolve("zoo.cfg"),
                "tickTime=2000\ndataDir=" + folder.resolve("zookeeper") + "\nclientPort=" + zooKeeperPort
                        + "\nclientPortAddress=127.0.0.1\nadmin.enableServer=false\nserver.1=127.0.0.1:" + Ports.free() + ":"
                        + Ports.free() + "\n");
        writeConfiguration(checkpoints, slots, zooKeeperPort);
        zooKeeper = java("zookeeper", List.of("-Xmx128m"), "org.apache.flink.runtime.zookeeper.FlinkZooKeeperQuorumPeer",
                "--zkConfigFile", folder.resolve("zoo.cfg").toString(), "--peerId", "1");
        startJobManager();
    }

    private void writeConfiguration(Path checkpoints, int slots, int zooKeeperPort) throws IOException {
        Map<String, String> keys = new LinkedHashMap<>();
        Section shipped = YamlDocument.load(Path.of(System.getProperty("botwatch.root"), "flink-conf", "config.yaml")).root();
        for (String key : shipped.keys()) {
            keys.put(key, shipped.text(key, 4_000));
        }
        keys.remove("metrics.reporters");
        keys.remove("metrics.reporter.prom.factory.class");
        keys.remove("metrics.reporter.prom.port");
        keys.put("execution.checkpointing.dir", checkpoints.resolve("checkpoints").toUri().toString());
        keys.put("execution.checkpointing.savepoint-dir", folder.resolve("savepoints").toUri().toString());
        keys.put("execution.checkpointing.min-pause", "200ms");
        keys.put("high-availability.type", "zookeeper");
        keys.put("high-availability.zookeeper.quorum", "127.0.0.1:" + zooKeeperPort);
        keys.put("high-availability.storageDir", folder.resolve("ha").toUri().toString());
        keys.put("high-availability.zookeeper.client.session-timeout", "10000");
        keys.put("heartbeat.interval", "1000");
        keys.put("heartbeat.timeout", "8000");
        keys.put("jobmanager.rpc.address", "127.0.0.1");
        keys.put("jobmanager.bind-host", "127.0.0.1");
        keys.put("taskmanager.host", "127.0.0.1");
        keys.put("taskmanager.bind-host", "127.0.0.1");
        keys.put("rest.address", "127.0.0.1");
        keys.put("rest.bind-address", "127.0.0.1");
        keys.put("rest.port", Integer.toString(restPort));
        keys.put("taskmanager.numberOfTaskSlots", Integer.toString(slots));
        keys.put("taskmanager.cpu.cores", Integer.toString(slots));
        keys.put("taskmanager.memory.task.heap.size", "512m");
        keys.put("taskmanager.memory.task.off-heap.size", "64m");
        keys.put("taskmanager.memory.managed.size", "256m");
        keys.put("taskmanager.memory.network.min", "128m");
        keys.put("taskmanager.memory.network.max", "128m");
        keys.put("taskmanager.memory.framework.heap.size", "128m");
        keys.put("taskmanager.memory.framework.off-heap.size", "128m");
        keys.put("taskmanager.memory.jvm-metaspace.size", "256m");
        keys.put("taskmanager.memory.jvm-overhead.min", "192m");
        keys.put("taskmanager.memory.jvm-overhead.max", "192m");
        keys.put("io.tmp.dirs", Files.createDirectories(folder.resolve("tmp")).toString());
        StringBuilder yaml = new StringBuilder();
        keys.forEach((key, value) -> yaml.append(key).append(": \"").append(value).append("\"\n"));
        Files.writeString(folder.resolve("config.yaml"), yaml);
        Files.writeString(
                folder.resolve("log4j2.properties"),
                "rootLogger.level = INFO\nrootLogger.appenderRef.out.ref = out\nappender.out.name = out\nappender.out.type = CONSOLE\n"
                        + "appender.out.layout.type = PatternLayout\nappender.out.layout.pattern = %d{ISO8601} %-5p %c{1} %m%n\n");
    }

    private JavaProcess java(String name, List<String> options, String mainClass, String... arguments) throws IOException {
        List<String> all = new ArrayList<>(options);
        all.addAll(OPENS);
        all.add("-Dlog4j2.configurationFile=" + folder.resolve("log4j2.properties"));
        return JavaProcess.start(
                Map.of("FLINK_CONF_DIR", folder.toString()),
                name,
                folder.resolve(name + ".log"),
                all,
                Libraries.flink(),
                mainClass,
                List.of(arguments));
    }

    void startJobManager() throws Exception {
        jobManager = java("jobmanager", List.of("-Xmx512m"), "org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint",
                "--configDir", folder.toString());
        await("the JobManager answers", START, () -> get("/overview") != null || ended(jobManager));
    }

    private static boolean ended(JavaProcess process) throws IOException {
        if (!process.isAlive()) {
            throw new AssertionError(process.state() + " and said: " + process.tail());
        }
        return false;
    }

    /** @param name of its own among those that run */
    void startTaskManager(String name) throws Exception {
        taskManagers.put(name, java(name, List.of("-Xmx768m", "-XX:MaxDirectMemorySize=512m"),
                "org.apache.flink.runtime.taskexecutor.TaskManagerRunner",
                "--configDir", folder.toString(), "-D", "taskmanager.resource-id=" + name));
        await(name + " is registered", START, () -> {
            JsonNode known = get("/taskmanagers");
            return known != null && known.path("taskmanagers").findValuesAsText("id").contains(name)
                    || ended(taskManagers.get(name));
        });
    }

    void killTaskManager(String name) throws InterruptedException {
        taskManagers.remove(name).kill9();
    }

    void killJobManager() throws InterruptedException {
        jobManager.kill9();
    }

    /** @return the job's id */
    String run(Path jar, int parallelism, String savepoint, String... arguments) throws Exception {
        List<String> line = new ArrayList<>(List.of("run", "-d", "-p", Integer.toString(parallelism)));
        if (savepoint != null) {
            line.addAll(List.of("-s", savepoint));
        }
        line.add(jar.toString());
        line.addAll(List.of(arguments));
        return first(SUBMITTED, flink(line));
    }

    /**
     * Stops the job with a savepoint.
     *
     * @param drain ends event time first: every window closes
     * @return where the savepoint is
     */
    String stop(String job, boolean drain) throws Exception {
        List<String> line = new ArrayList<>(List.of("stop", "--savepointPath", folder.resolve("savepoints").toUri().toString()));
        if (drain) {
            line.add("--drain");
        }
        line.add(job);
        return first(SAVEPOINT, flink(line));
    }

    private String flink(List<String> line) throws Exception {
        return java("command-" + ++commands, List.of("-Xmx256m"), "org.apache.flink.client.cli.CliFrontend",
                        line.toArray(String[]::new))
                .end(240);
    }

    private static String first(Pattern pattern, String said) {
        Matcher matcher = pattern.matcher(said);
        if (!matcher.find()) {
            throw new AssertionError("no '" + pattern + "' in: " + said);
        }
        return matcher.group(1);
    }

    /** Whether every task of the job runs, with this many TaskManagers' slots or fewer. */
    boolean allTasksRun(String job) throws Exception {
        JsonNode details = get("/jobs/" + job);
        if (details == null || !details.path("state").asText().equals("RUNNING")) {
            return false;
        }
        for (JsonNode vertex : details.path("vertices")) {
            if (vertex.path("tasks").path("RUNNING").asInt() != vertex.path("parallelism").asInt()) {
                return false;
            }
        }
        return true;
    }

    /** The name of a TaskManager that runs some of the job's tasks. */
    String taskManagerOf(String job) throws Exception {
        String vertex = get("/jobs/" + job).path("vertices").path(0).path("id").asText();
        return get("/jobs/" + job + "/vertices/" + vertex).path("subtasks").path(0).path("taskmanager-id").asText();
    }

    /** Waits until the job has committed the group's offsets up to the topic's end: checkpoints hold all there is. */
    void awaitConsumed(String job, String group, String topic, Topics topics) throws Exception {
        await("all of " + topic + " is consumed", START, () -> topics.lag(group, topic) == 0 && allTasksRun(job));
    }

    /** Completed checkpoints since the JobManager started. */
    long checkpoints(String job) throws Exception {
        return count(job, "completed");
    }

    long failedCheckpoints(String job) throws Exception {
        return count(job, "failed");
    }

    private long count(String job, String which) throws Exception {
        JsonNode checkpoints = get("/jobs/" + job + "/checkpoints");
        return checkpoints == null ? 0 : checkpoints.path("counts").path(which).asLong();
    }

    /** Waits until all tasks run and a checkpoint was completed after that. */
    void awaitCheckpoint(String job, Duration limit) throws Exception {
        await("all tasks of the job run", limit, () -> allTasksRun(job));
        long before = checkpoints(job);
        await("a checkpoint is complete", limit, () -> checkpoints(job) > before);
    }

    /** Null where nobody answers, or not with a document. */
    JsonNode get(String path) throws Exception {
        try {
            HttpResponse<String> answer = http.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + restPort + path)).timeout(Duration.ofSeconds(20)).build(),
                    HttpResponse.BodyHandlers.ofString());
            return answer.statusCode() == 200 ? json.readTree(answer.body()) : null;
        } catch (IOException nobody) {
            return null;
        }
    }

    Duration await(String what, Duration limit, Await.Condition condition) throws Exception {
        try {
            return Await.until(what, limit, condition);
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + "; the JobManager said: " + jobManager.tail(), e);
        }
    }

    @Override
    public void close() {
        taskManagers.values().forEach(JavaProcess::close);
        if (jobManager != null) {
            jobManager.close();
        }
        zooKeeper.close();
    }
}
