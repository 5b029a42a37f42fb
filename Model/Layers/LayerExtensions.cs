namespace EmotionMLNet.Layers;

internal static class LayerExtensions
{
    /// <summary>Copies all parameter values of a layer of the same construction; the second half of every Clone.</summary>
    public static TLayer With<TLayer>(this TLayer layer, TLayer source) where TLayer : Layer
    {
        for (int i = 0; i < source.Parameters.Count; i++)
            source.Parameters[i].Values.CopyTo(layer.Parameters[i].Values);
        return layer;
    }
}
