# The job on Flink's own image. Build the jar before: mvn -B -DskipTests package
FROM flink:2.2.1-java17

# The S3 plugin that is made for checkpoints. At build, since the container's root is read-only. RocksDB, CEP and the
# Prometheus reporter are in the image's lib/ and plugins/ already.
RUN mkdir plugins/s3-fs-presto && cp opt/flink-s3-fs-presto-*.jar plugins/s3-fs-presto/

COPY job/target/botwatch-job-*-all.jar /opt/flink/usrlib/botwatch-job.jar

# By number, so that runAsNonRoot can be checked.
USER 9999:9999
