package io.botwatch.kubernetes;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.cfg.MapperConfig;
import com.fasterxml.jackson.databind.deser.DeserializationProblemHandler;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.AnnotatedClass;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.LogicalType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Holds a document against a Java model of its kind. The models would keep what they do not know and turn numbers into
 * texts; the API server does neither, and so does this.
 */
final class StrictModel {
    private StrictModel() {}

    /** What is wrong with it: unknown fields by their path, and the first value of a wrong type. */
    static List<String> problems(JsonNode document, Class<?> model) {
        List<String> problems = new ArrayList<>();
        try {
            mapper(problems).treeToValue(document, model);
        } catch (JsonMappingException e) {
            problems.add(e.getPathReference().replaceAll("[\\w.$]+\\[", "[") + ": " + e.getOriginalMessage());
        } catch (JsonProcessingException e) {
            problems.add(e.getOriginalMessage());
        }
        return problems;
    }

    private static ObjectMapper mapper(List<String> problems) {
        return JsonMapper.builder()
                .annotationIntrospector(new NothingIsExtra())
                .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
                .withCoercionConfig(LogicalType.Textual, config -> config
                        .setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                        .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                        .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
                .addHandler(new DeserializationProblemHandler() {
                    @Override
                    public boolean handleUnknownProperty(
                            DeserializationContext context, JsonParser parser, JsonDeserializer<?> reader, Object bean, String name)
                            throws IOException {
                        problems.add("unknown field '" + name + "' in " + parser.getParsingContext().pathAsPointer().head() + "/");
                        parser.skipChildren();
                        return true;
                    }
                })
                .build();
    }

    /** Models keep unknown fields in a map of their own, or ignore them: here they are problems. */
    private static final class NothingIsExtra extends JacksonAnnotationIntrospector {
        private static final long serialVersionUID = 1;

        @Override
        public Boolean hasAnySetter(Annotated member) {
            return false;
        }

        @Override
        public JsonIgnoreProperties.Value findPropertyIgnoralByName(MapperConfig<?> config, Annotated annotated) {
            return JsonIgnoreProperties.Value.empty();
        }

        @Override
        public Boolean isIgnorableType(AnnotatedClass type) {
            return false;
        }
    }
}
